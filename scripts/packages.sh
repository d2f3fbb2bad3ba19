#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The packages Tamis needs, and how to get them.
#
#   scripts/packages.sh build    what ./setup needs
#   scripts/packages.sh test     what ./check needs besides
#
# Debian and Ubuntu: installs what is missing with apt-get, as root or through sudo, and does nothing
# when nothing is missing. Other systems: prints the command to run, and goes on if the build finds
# everything.
set -eu

build_debian='build-essential pkg-config meson ninja-build gettext desktop-file-utils
appstream libglib2.0-dev-bin libxml2-utils libgtk-4-dev libadwaita-1-dev libcairo2-dev
libpango1.0-dev libpng-dev libjpeg62-turbo-dev libwebp-dev libtiff-dev libopenblas-dev
libsqlite3-dev nettle-dev libjson-glib-dev python3 adwaita-icon-theme librsvg2-common'
test_debian='clang libclang-rt-dev llvm xvfb xauth xdotool x11-utils dbus at-spi2-core
gir1.2-atspi-2.0 python3-gi imagemagick openbox xcompmgr fonts-cantarell fonts-dejavu-core
libgl1-mesa-dri'
# Tests that need one of these skip without it: comparators, and the check of the Flatpak manifest.
wish_debian='python3-numpy python3-scipy python3-sklearn python3-pil python3-torch python3-faiss
flatpak-builder'

build_fedora='gcc make pkgconf-pkg-config meson ninja-build gettext desktop-file-utils
appstream glib2-devel libxml2 gtk4-devel libadwaita-devel cairo-devel pango-devel libpng-devel
libjpeg-turbo-devel libwebp-devel libtiff-devel openblas-devel sqlite-devel nettle-devel json-glib-devel
python3 adwaita-icon-theme librsvg2'
test_fedora='clang compiler-rt llvm xorg-x11-server-Xvfb xorg-x11-xauth xdotool xprop xwininfo
dbus-daemon at-spi2-core python3-gobject ImageMagick openbox abattis-cantarell-fonts
dejavu-sans-fonts mesa-dri-drivers python3-numpy python3-scipy python3-scikit-learn
python3-pillow python3-torch flatpak-builder'

build_arch='base-devel meson gettext desktop-file-utils appstream glib2-devel libxml2 gtk4
libadwaita cairo pango libpng libjpeg-turbo libwebp libtiff openblas sqlite nettle json-glib python
adwaita-icon-theme librsvg'
test_arch='clang compiler-rt llvm xorg-server-xvfb xorg-xauth xdotool xorg-xprop xorg-xwininfo dbus
at-spi2-core python-gobject imagemagick openbox xcompmgr cantarell-fonts ttf-dejavu mesa
python-numpy python-scipy python-scikit-learn python-pillow python-pytorch flatpak-builder'

# Package names of this release: Ubuntu's JPEG package has another name.
rename_debian ()
{
  if grep -q '^ID=ubuntu' /etc/os-release 2> /dev/null; then
    sed 's/libjpeg62-turbo-dev/libjpeg-turbo8-dev/'
  else
    cat
  fi
}

missing_debian ()
{
  for package in $(echo "$@" | rename_debian); do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null || true)
    [ "$status" = installed ] || echo "$package"
  done
}

as_root ()
{
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo > /dev/null; then
    sudo "$@"
  else
    echo "Root is needed to install packages. As root, run:" >&2
    echo "  $*" >&2
    exit 1
  fi
}

install_debian ()
{
  wanted=$1
  wishes=$(missing_debian $2)
  needed=$(missing_debian $wanted)
  [ -n "$needed$wishes" ] || return 0
  apt="apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3"
  as_root $apt update -qq || echo "apt-get update failed, going on with the lists there are" >&2
  # Not every release has every wish; those it lacks are not asked for.
  for package in $wishes; do
    if apt-cache show "$package" > /dev/null 2>&1; then
      needed="$needed $package"
    else
      echo "$package is not to be had here: the tests that need it will skip"
    fi
  done
  [ -n "$needed" ] || return 0
  echo "Installing:" $needed
  as_root env DEBIAN_FRONTEND=noninteractive $apt install -y -qq --no-install-recommends $needed
}

advise ()
{
  echo "If something is missing below, install it first:"
  echo "  $*" | tr '\n' ' '
  echo
}

case ${1:-} in
  build) debian=$build_debian wish='' fedora=$build_fedora arch=$build_arch ;;
  test)
    debian="$build_debian $test_debian" wish=$wish_debian
    fedora="$build_fedora $test_fedora" arch="$build_arch $test_arch"
    ;;
  *)
    echo "Usage: scripts/packages.sh build|test" >&2
    exit 2
    ;;
esac

if command -v apt-get > /dev/null && command -v dpkg-query > /dev/null; then
  install_debian "$debian" "$wish"
elif command -v dnf > /dev/null; then
  advise "sudo dnf install $fedora"
elif command -v pacman > /dev/null; then
  advise "sudo pacman -S --needed $arch"
else
  advise "Tamis needs what Debian calls: $debian"
fi
