#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""guidrive - start a GTK 4 (or any AT-SPI) application on a private, invisible X display and drive it like a person.

  guidrive.py run   --app 'build/myapp --opt' -c "wait-window 'My App'" -c "click button Start" -c "shot out.png"
  guidrive.py run   --app build/myapp script.gd           # one command a line, # comments
  guidrive.py start --session SESSION_DIR --app build/myapp    # keep it running, look around ...
  guidrive.py do    --session SESSION_DIR tree
  guidrive.py do    --session SESSION_DIR click button 'Start scan'
  guidrive.py stop  --session SESSION_DIR

Exit: 0 all fine, 1 a step failed (message on stderr, fail.png + fail-tree.txt in --out), 2 usage, 3 the app could not
be started or died, 4 --strict and the app logged a GTK/GLib warning or critical.

Commands (NAME: exact accessible name, /regex/ or * for any; ROLE as 'tree' prints it, or * for any; #N picks the N-th match):
  wait-window NAME                     wait for a top-level window
  tree [ROLE [NAME]]                   print the accessible tree (below the first match)
  list ROLE [NAME]                     print every showing match, one a line
  click|rclick|dblclick ROLE NAME [#N] real pointer click in the middle of the widget
  activate ROLE NAME [#N]              AT-SPI default action (no pointer)
  open|ropen ROLE NAME ROLE2 NAME2     (r)click, again after 12 s without a showing ROLE2 NAME2, thrice in all (popovers)
  click-at X Y                         click at root-window pixel
  set ROLE NAME VALUE [#N]             AT-SPI value (slider, spin button, ...)
  drag ROLE NAME F0 F1 [#N]            press at fraction F0 of the width, release at F1 (sliders, plots)
  hover ROLE NAME FX FY [#N]           move pointer to a fraction of the widget
  fill ROLE NAME TEXT [#N]             click, select all, type TEXT
  type TEXT | key KEYS...              keyboard to the focused widget (xdotool names: ctrl+f Return Escape)
  scroll up|down N                     wheel clicks under the pointer
  wait ROLE NAME [SECS]                wait until a showing match exists
  wait-gone ROLE NAME [SECS]           ... no longer exists
  wait-text TEXT [SECS]                wait for any label/status/text that shows TEXT (exact, or /regex/)
  expect ROLE NAME FIELD=VALUE...      value=0.8 (+-1e-6) text=... checked=1 sensitive=0 focused=1 selected=1 actions=...
  shot FILE [ROLE NAME]                PNG of the whole display, or of one widget
  say TEXT                             print "== TEXT", a heading for what list and tree print after it
  size W H                             resize the window (needs --wm or none; plain X request)
  close                                ask the window to close as its X button does (WM_DELETE_WINDOW)
  sleep SECS | alive | wait-exit [RC]  wait-exit: the app must end by itself with status RC (0)
Needs: xvfb xdotool x11-utils dbus at-spi2-core gir1.2-atspi-2.0 python3-gi imagemagick openbox xcompmgr, and for looks
fonts-cantarell adwaita-icon-theme librsvg2-common.
"""
import argparse, ctypes, json, os, re, shlex, shutil, signal, subprocess, sys, tempfile, time, warnings
warnings.simplefilter("ignore", DeprecationWarning)

class Fail(Exception): pass
class AppDead(Exception): pass

# ---------------------------------------------------------------- session (supervisor process)
SETTINGS = "[Settings]\ngtk-font-name=%s\ngtk-enable-animations=%d\ngtk-cursor-blink=0\ngtk-application-prefer-dark-theme=%d\ngtk-icon-theme-name=Adwaita\ngtk-theme-name=Adwaita\n"

def children_of(pid):
    out = []
    for tid in os.listdir(f"/proc/{pid}/task"):
        try: out += [int(x) for x in open(f"/proc/{pid}/task/{tid}/children").read().split()]
        except OSError: pass
    return out

def descendants(pid):
    out, todo = [], [pid]
    while todo:
        try: kids = children_of(todo.pop())
        except OSError: kids = []
        out += kids; todo += kids
    return out

def starttime(pid):
    try: return open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[19]
    except OSError: return None

def read_line_fd(r, what, timeout=15):
    """up to and with the newline: Xvfb writes the number and the newline apart and dies if the pipe closes in between"""
    import select
    got, end = b"", time.time() + timeout
    while b"\n" not in got:
        if not select.select([r], [], [], max(0, end - time.time()))[0]: raise Fail(f"{what} did not start in {timeout} s")
        b = os.read(r, 4096)
        if not b: raise Fail(f"{what} ended at once; see its log in the session folder")
        got += b
    return got.decode().strip()

def supervise(a, sdir, report):
    """Child process: owns Xvfb, the bus and the app. Being a sub-reaper, it also owns whatever those leave behind."""
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)                       # PR_SET_CHILD_SUBREAPER
    os.setsid(); stopping = []
    signal.signal(signal.SIGTERM, lambda *_: stopping.append(1)); signal.signal(signal.SIGINT, lambda *_: stopping.append(1))
    log = lambda n: open(os.path.join(sdir, n), "wb")
    info, app = {"pid": os.getpid(), "start": starttime(os.getpid())}, None
    try:
        env = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "USER", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "G_MESSAGES_DEBUG", "XDG_DATA_DIRS", "GSETTINGS_SCHEMA_DIR")}
        env.setdefault("LC_ALL", "C.UTF-8")
        for d in ("config/gtk-4.0", "data", "cache", "run", "state"): os.makedirs(os.path.join(sdir, d), exist_ok=True)
        os.chmod(os.path.join(sdir, "run"), 0o700)
        open(os.path.join(sdir, "config/gtk-4.0/settings.ini"), "w").write(SETTINGS % (a.font, a.animations, a.dark))
        env.update(XDG_CONFIG_HOME=sdir + "/config", XDG_DATA_HOME=sdir + "/data", XDG_CACHE_HOME=sdir + "/cache", XDG_STATE_HOME=sdir + "/state",
                   XDG_RUNTIME_DIR=sdir + "/run", XDG_CURRENT_DESKTOP="GNOME", GDK_BACKEND="x11", GSK_RENDERER=a.renderer, GSETTINGS_BACKEND="memory",
                   GIO_USE_VFS="local", GTK_A11Y="atspi", GDK_SCALE=str(a.scale), GTK_USE_PORTAL="0", NO_AT_BRIDGE="0")
        r, w = os.pipe()
        subprocess.Popen(["Xvfb", "-displayfd", str(w), "-screen", "0", a.screen + "x24", "-nolisten", "tcp", "-noreset", "-dpi", "96"], pass_fds=(w,), stdout=log("xvfb.log"), stderr=subprocess.STDOUT, env=env)
        os.close(w); env["DISPLAY"] = ":" + read_line_fd(r, "Xvfb"); os.close(r)
        r, w = os.pipe()
        subprocess.Popen(["dbus-daemon", "--session", "--nofork", "--nopidfile", f"--print-address={w}"], pass_fds=(w,), stdout=log("dbus.log"), stderr=subprocess.STDOUT, env=env)
        os.close(w); env["DBUS_SESSION_BUS_ADDRESS"] = read_line_fd(r, "dbus-daemon"); os.close(r)
        # tell toolkits that an assistive technology is present (IsEnabled), starting the a11y bus
        subprocess.run(["dbus-send", "--session", "--print-reply", "--dest=org.a11y.Bus", "/org/a11y/bus", "org.freedesktop.DBus.Properties.Set", "string:org.a11y.Status", "string:IsEnabled", "variant:boolean:true"],
                       env=env, stdout=log("a11y.log"), stderr=subprocess.STDOUT, timeout=20)
        # a compositor, else popovers sit in black boxes; a window manager, so that dialogs are centred and get the focus
        helpers = a.wm if a.wm is not None else [h for h in ("openbox", "xcompmgr") if shutil.which(h)]
        for i, h in enumerate(helpers):
            if h and h != "none": subprocess.Popen(shlex.split(h), stdout=log(f"wm{i}.log"), stderr=subprocess.STDOUT, env=env); time.sleep(.15)
        aenv = dict(env); aenv.update(kv.split("=", 1) for kv in a.env)
        app = subprocess.Popen(shlex.split(a.app), stdout=log("app.log"), stderr=subprocess.STDOUT, env=aenv, cwd=a.cwd)
        info.update(env=env, app_pid=app.pid, out=a.out, dir=sdir)
        tmp = os.path.join(sdir, "session.json.tmp"); json.dump(info, open(tmp, "w")); os.rename(tmp, os.path.join(sdir, "session.json"))
        os.write(report, b"ok"); os.close(report)
        while not stopping:
            if app.poll() is not None and not os.path.exists(sdir + "/app.rc"): open(sdir + "/app.rc", "w").write(str(app.returncode))
            time.sleep(.05)
    except Exception as e:
        try: os.write(report, f"{e}".encode()); os.close(report)
        except OSError: pass
    finally:
        if app and app.poll() is None:
            app.terminate()
            try: app.wait(5)
            except subprocess.TimeoutExpired: pass
        for sig in (signal.SIGTERM, signal.SIGKILL):                # only our own descendants
            end = time.time() + 3
            while time.time() < end:
                kids = descendants(os.getpid())
                if not kids: break
                for k in kids:
                    try: os.kill(k, sig)
                    except OSError: pass
                try:
                    while os.waitpid(-1, os.WNOHANG)[0]: pass
                except ChildProcessError: pass
                time.sleep(.1)
        try: os.unlink(os.path.join(sdir, "session.json"))
        except OSError: pass
        os._exit(0)

def start(a, sdir):
    for need in ("Xvfb", "xdotool", "dbus-daemon", "import"):
        if not shutil.which(need): raise Fail(f"{need} is not installed (apt-get install xvfb xdotool dbus imagemagick at-spi2-core gir1.2-atspi-2.0)")
    os.makedirs(sdir, exist_ok=True); sdir = os.path.abspath(sdir)
    if os.path.exists(sdir + "/session.json"): raise Fail(f"{sdir} holds a running session; stop it first")
    if os.path.exists(sdir + "/app.rc"): os.unlink(sdir + "/app.rc")
    r, w = os.pipe(); sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        os.close(r)
        null = os.open("/dev/null", os.O_RDWR); [os.dup2(null, i) for i in (0, 1, 2)]
        supervise(a, sdir, w)
    os.close(w); msg = b""
    while True:
        b = os.read(r, 4096)
        if not b: break
        msg += b
    if msg != b"ok": raise AppDead("could not start: " + msg.decode())
    return sdir, pid

def stop(sdir, pid=None):
    try: info = json.load(open(os.path.join(sdir, "session.json")))
    except OSError: return
    if starttime(info["pid"]) != info["start"]: os.unlink(os.path.join(sdir, "session.json")); return    # stale: pid was reused
    os.kill(info["pid"], signal.SIGTERM)
    for _ in range(150):
        if pid:
            if os.waitpid(pid, os.WNOHANG)[0]: return
        elif starttime(info["pid"]) is None: return
        time.sleep(.1)
    raise Fail("the session did not stop within 15 s")

# ---------------------------------------------------------------- driver
class Driver:
    def __init__(s, info, out, timeout):
        s.info, s.out, s.timeout = info, out or info.get("out") or ".", timeout
        os.makedirs(s.out, exist_ok=True); s.env = dict(os.environ); s.env.update(info["env"]); os.environ.update(info["env"])
        import gi; gi.require_version("Atspi", "2.0")
        from gi.repository import Atspi, GLib
        s.cache = {}; s.A, s.G = Atspi, GLib; Atspi.init(); Atspi.set_timeout(3000, 10000)
    def alive(s):
        try: rc = open(s.info["dir"] + "/app.rc").read()
        except OSError: return True
        raise AppDead(f"the application ended with status {rc}; its output:\n" + open(s.info["dir"] + "/app.log", errors="replace").read()[-3000:])
    def pump(s, t=.05):
        end = time.time() + t; c = s.G.MainContext.default()
        while True:
            while c.iteration(False): pass
            if time.time() >= end: return
            time.sleep(.01)
    def app(s):
        d = s.A.get_desktop(0)
        for i in range(d.get_child_count()):
            a = d.get_child_at_index(i)
            try:
                if a and a.get_process_id() in s.pids(): return a
            except s.G.Error: pass
    def pids(s): return [s.info["app_pid"]] + descendants(s.info["app_pid"]) if os.path.exists(f"/proc/{s.info['app_pid']}") else []
    def kids(s, n):
        try: c = n.get_child_count()
        except s.G.Error: return
        for i in range(min(c, 3000)):
            try: k = n.get_child_at_index(i)
            except s.G.Error: continue
            if k: yield k
    def name(s, n):
        try: return n.get_name() or ""
        except s.G.Error: return ""
    def role(s, n):
        try: return n.get_role_name() or ""
        except s.G.Error: return ""
    def states(s, n):
        try:
            st = n.get_state_set(); return {x.value_nick for x in st.get_states()}
        except s.G.Error: return set()
    def text(s, n):
        try:
            t = n.get_text_iface()
            if t: return s.A.Text.get_text(t, 0, s.A.Text.get_character_count(t))
        except s.G.Error: pass
    def value(s, n):
        try:
            v = n.get_value_iface()
            if v: return s.A.Value.get_current_value(v)
        except s.G.Error: pass
    def actions(s, n):
        try:
            a = n.get_action_iface()
            if a: return [s.A.Action.get_action_name(a, i) for i in range(s.A.Action.get_n_actions(a))]
        except s.G.Error: pass
        return []
    def raw(s, n):
        try: e = n.get_component_iface(); r = s.A.Component.get_extents(e, s.A.CoordType.WINDOW) if e else None
        except s.G.Error: return None
        return (r.x, r.y, r.width, r.height) if r and r.width > 0 and r.height > 0 else None
    def box(s, n):
        """extents in root pixels. GTK 4 tells window-relative ones only, so add where the X window's content starts."""
        r = s.raw(n)
        if not r: return None
        k = int(s.env.get("GDK_SCALE", "1")); x, y = s.popup_origin(n, k) or s.origin(n)
        return (x + r[0] * k, y + r[1] * k, r[2] * k, r[3] * k)
    def popup_origin(s, n, k):
        """a popover is an X window of its own, which GTK 4.8 ignores in the extents: recognise it by its size"""
        if "popups" not in s.cache:
            title = lambda w: subprocess.run(["xdotool", "getwindowname", w], env=s.env, capture_output=True, text=True).stdout.strip()
            tops = {s.name(k_) for k_ in s.kids(s.app())}
            s.cache["popups"] = [s.geometry(w) for w in s.xwindows() if title(w) not in tops]
        pops = [g for g in s.cache["popups"] if g[2] > 8 and g[3] > 8]
        if not pops: return None
        while n is not None and s.role(n) not in ("frame", "application"):
            r = s.raw(n)
            if r and s.role(n) not in ("table cell", "label"):
                for g in pops:
                    if abs(g[2] - r[2] * k) <= 2 and abs(g[3] - r[3] * k) <= 2: return g[0] - r[0] * k, g[1] - r[1] * k
            n = n.get_parent()
    def toplevel(s, n):
        a = s.app()
        while n:
            p = n.get_parent()
            if p is None or p == a or s.role(p) == "application": return n
            n = p
    def xwindows(s):
        ids = []
        for p in s.pids():
            ids += subprocess.run(["xdotool", "search", "--onlyvisible", "--pid", str(p), "--name", ".*"], env=s.env, capture_output=True, text=True).stdout.split()
        return list(dict.fromkeys(ids))
    def geometry(s, w):
        g = dict(l.split("=", 1) for l in subprocess.run(["xdotool", "getwindowgeometry", "--shell", w], env=s.env, capture_output=True, text=True).stdout.split() if "=" in l)
        return tuple(int(g.get(k, 0)) for k in ("X", "Y", "WIDTH", "HEIGHT"))
    def origin(s, n):
        """root position of the co-ordinate origin of n's top-level: the X window with that title (cached within a step)"""
        top = s.toplevel(n); title = s.name(top) if top else ""
        if title in s.cache: return s.cache[title]
        best = None
        for w in s.xwindows():
            g = s.geometry(w)
            if g[2] <= 4 or g[3] <= 4: continue
            t = subprocess.run(["xdotool", "getwindowname", w], env=s.env, capture_output=True, text=True).stdout.strip()
            if best is None or t == title: best = (w, g)
            if t == title: break
        if not best: return (0, 0)
        w, g = best
        ext = subprocess.run(["xprop", "-id", w, "_GTK_FRAME_EXTENTS"], env=s.env, capture_output=True, text=True).stdout
        m = re.search(r"= (\d+), (\d+), (\d+), (\d+)", ext); fx = fy = 0
        if m and (int(m[1]) or int(m[3])): fx, fy = int(m[1]), int(m[3])
        else:                                           # no compositor: GTK draws a plain border it does not report
            try: r = s.A.Component.get_extents(top.get_component_iface(), s.A.CoordType.WINDOW); k = int(s.env.get("GDK_SCALE", "1")); fx, fy = max(0, (g[2] - r.width * k) // 2), max(0, (g[3] - r.height * k) // 2)
            except (s.G.Error, AttributeError): pass
        s.cache[title] = (g[0] + fx, g[1] + fy); return s.cache[title]
    # ---- search
    ROLES = {"button": ("push button", "button", "toggle button"), "push button": ("push button", "button"), "entry": ("entry", "text"), "window": ("frame", "window", "dialog"), "cell": ("table cell", "list item", "table row")}
    @staticmethod
    def match(pat, s_):
        if pat in ("*", None): return True
        if len(pat) > 1 and pat[0] == "/" and pat[-1] == "/": return re.search(pat[1:-1], s_ or "") is not None
        return pat == s_
    def match_role(s, pat, role): return role in s.ROLES[pat] if pat in s.ROLES else s.match(pat, role)
    @staticmethod
    def tidy(name):
        """GTK 4.8 names a mnemonic button '_Start scan Start scan': drop the underscore and the repetition"""
        t = re.sub(r"_(?=\S)", "", name) if name.count("_") == 1 and re.search(r"(^|\s)_\w|\w_\w", name) and " " in name else name
        h = len(t) // 2
        return t[:h] if len(t) % 2 and t[h] == " " and t[:h] == t[h + 1:] else t
    def match_name(s, pat, n):
        raw = s.name(n)
        return s.match(pat, raw) or s.match(pat, s.tidy(raw))
    def hidden(s, n):
        """GTK 4.8 calls widgets on hidden stack pages 'showing'; what it has not laid out has no extents"""
        if s.role(n) in ("application", ""): return False
        st = s.states(n)
        if "showing" not in st and "visible" not in st: return True
        try: c = n.get_component_iface()
        except s.G.Error: return True
        return c is not None and s.raw(n) is None
    def walk(s, n, showing=True):
        stack = [n]
        while stack:
            n = stack.pop()
            if n is None: continue
            if showing and s.hidden(n): continue
            yield n
            kids = list(s.kids(n))
            if len(kids) > 30:                           # list, grid, table: GTK keeps up to ~200 rows alive; only those in view count
                r = s.raw(n)
                if r: kids = [k for k in kids if (q := s.raw(k)) and q[0] < r[0] + r[2] and q[1] < r[1] + r[3] and q[0] + q[2] > r[0] and q[1] + q[3] > r[1]]
            stack.extend(reversed(kids))
    def find_all(s, role, name, limit=100000):
        a = s.app(); out = []
        if not a: return out
        for n in s.walk(a):
            if s.match_role(role, s.role(n)) and s.match_name(name, n):
                out.append(n)
                if len(out) >= limit: break
        return out
    def until(s, fn, what, timeout=None):
        end = time.time() + (timeout or s.timeout)
        while True:
            s.alive(); s.cache = {}; r = fn()
            if r: return r
            if time.time() > end: raise Fail(f"timed out after {timeout or s.timeout:g} s waiting for {what}")
            s.pump(.1)
    def find(s, role, name, idx=0, timeout=None):
        def f():
            m = s.find_all(role, name)
            return m[idx] if len(m) > idx else None
        try: return s.until(f, f"{role} named {name!r}" + (f" (match {idx})" if idx else ""), timeout)
        except Fail as e:
            near = [f"{s.role(n)} {s.tidy(s.name(n))!r}" for n in s.find_all(role, "*", 40) if s.name(n)][:12]
            raise Fail(f"{e}. Showing {role}s: " + (", ".join(near) or "none"))
    # ---- output
    def line(s, n):
        st = s.states(n); bits = [s.role(n), repr(s.tidy(s.name(n)))]
        flags = [f for f in ("focused", "checked", "selected", "expanded", "pressed") if f in st]
        if "sensitive" not in st and "enabled" not in st: flags.append("insensitive")
        if flags: bits.append("[" + ",".join(flags) + "]")
        v = s.value(n)
        if v is not None: bits.append(f"value={v:g}")
        t = s.text(n)
        if t and t != s.name(n): bits.append(f"text={t!r}")
        ac = [x for x in s.actions(n) if x in ("click", "activate") or s.role(n) not in ("label", "frame", "text")]
        if ac: bits.append("actions=" + "|".join(ac))
        try:
            d = n.get_description()
            if d: bits.append(f"desc={d!r}")
        except s.G.Error: pass
        b = s.box(n)
        if b: bits.append("@%d,%d,%d,%d" % b)
        return " ".join(bits)
    def tree(s, n=None, depth=0, out=None, maxkids=60):
        out = [] if out is None else out; n = n or s.app()
        if n is None: return ["(no accessible application)"]
        out.append("  " * depth + s.line(n)); c = 0
        for k in s.kids(n):
            if s.hidden(k): continue
            if r := s.raw(n):
                q = s.raw(k)
                if q and s.role(n) in ("table", "list", "tree table") and (q[1] >= r[1] + r[3] or q[1] + q[3] <= r[1]): continue   # out of view
            c += 1
            if c > maxkids: out.append("  " * (depth + 1) + "..."); break
            s.tree(k, depth + 1, out, maxkids)
        return out
    def shot(s, path, box=None):
        p = path if os.path.isabs(path) else os.path.join(s.out, path)
        cmd = ["import", "-silent", "-window", "root"] + (["-crop", "%dx%d+%d+%d" % (box[2], box[3], box[0], box[1]), "+repage"] if box else []) + ["png:" + p]
        r = subprocess.run(cmd, env=s.env, capture_output=True, text=True)
        if r.returncode or not os.path.exists(p): raise Fail("screenshot failed: " + r.stderr)
        return p
    def xdo(s, *a):
        r = subprocess.run(["xdotool", *map(str, a)], env=s.env, capture_output=True, text=True)
        if r.returncode: raise Fail(f"xdotool {' '.join(map(str, a))}: {r.stderr.strip()}")
        s.pump(.08)
    def press(s, button=1, times=1):
        """As long as a finger holds a button: GTK 4.8 loses the click after one that ends in the frame it began in, if that closed a popover"""
        s.xdo(*["mousedown", button, "sleep", .05, "mouseup", button, "sleep", .05] * times)
    def centre(s, n, fx=.5, fy=.5):
        b = s.box(n)
        if not b: raise Fail(f"{s.role(n)} {s.name(n)!r} has no extents on screen")
        p, q = n.get_parent(), s.raw(n); cx, cy = q[0] + q[2] * fx, q[1] + q[3] * fy
        while p is not None:                             # clipped away by a scroller?
            if s.role(p) == "scroll pane" and (r := s.raw(p)) and not (r[0] <= cx <= r[0] + r[2] and r[1] <= cy <= r[1] + r[3]):
                raise Fail(f"{s.role(n)} {s.name(n)!r} is scrolled out of view; scroll to it first (hover + scroll, or keys)")
            p = p.get_parent()
        return int(b[0] + b[2] * fx), int(b[1] + b[3] * fy)
    # ---- commands
    def cmd(s, words):
        c, *w = words; idx = 0; s.cache = {}
        if c != "wait-exit": s.alive()
        if w and re.fullmatch(r"#\d+", w[-1]) and c not in ("type", "key"): idx = int(w.pop()[1:])
        num = lambda i, d=None: float(w[i]) if len(w) > i else d
        if c == "wait-window":
            def f():
                a = s.app()
                return a and [n for n in s.kids(a) if s.match(w[0], s.name(n)) and s.raw(n)]
            try: s.until(f, f"a window named {w[0]!r}")
            except Fail as e: raise Fail(f"{e}. Windows: " + ", ".join(f"{s.role(n)} {s.name(n)!r}" for n in s.kids(s.app())) if s.app() else f"{e}. The application is not on the accessibility bus (yet)")
            s.pump(.3)
        elif c == "tree": print("\n".join(s.tree(s.find(w[0], w[1] if len(w) > 1 else "*") if w else None)))
        elif c == "list": print("\n".join(s.line(n) for n in s.find_all(w[0], w[1] if len(w) > 1 else "*")))
        elif c in ("click", "rclick", "dblclick"):
            s.xdo("mousemove", *s.centre(s.find(w[0], w[1], idx))); s.press(3 if c == "rclick" else 1, 2 if c == "dblclick" else 1)
        elif c in ("open", "ropen"):
            for left in (2, 1, 0):
                s.cmd(["rclick" if c == "ropen" else "click", w[0], w[1]])
                try: s.find(w[2], w[3], 0, 12); s.pump(1.0); break
                except Fail:
                    if left == 0: raise
        elif c == "click-at": s.xdo("mousemove", w[0], w[1]); s.press()
        elif c == "activate":
            n = s.find(w[0], w[1], idx); a = n.get_action_iface()
            if not a or not s.A.Action.get_n_actions(a): raise Fail(f"{s.line(n)} has no AT-SPI action; use click")
            if "sensitive" not in s.states(n): raise Fail(f"{s.line(n)} is insensitive")
            if not s.A.Action.do_action(a, 0): raise Fail(f"the action of {s.line(n)} was refused")
            s.pump(.1)
        elif c == "set":
            n = s.find(w[0], w[1], idx); v = n.get_value_iface()
            if not v: raise Fail(f"{s.line(n)} has no value")
            s.A.Value.set_current_value(v, float(w[2])); s.pump(.15); got = s.A.Value.get_current_value(v)
            if abs(got - float(w[2])) > 1e-6 * max(1, abs(got)): raise Fail(f"{s.role(n)} {s.name(n)!r}: asked for {w[2]}, is {got:g}")
        elif c == "drag":
            n = s.find(w[0], w[1], idx); x0, y = s.centre(n, float(w[2])); x1, _ = s.centre(n, float(w[3])); s.xdo("mousemove", x0, y); s.xdo("mousedown", 1)
            for i in range(1, 11): s.xdo("mousemove", int(x0 + (x1 - x0) * i / 10), y)
            s.xdo("mouseup", 1)
        elif c == "hover": s.xdo("mousemove", *s.centre(s.find(w[0], w[1], idx), num(2, .5), num(3, .5)))
        elif c == "fill":
            x, y = s.centre(s.find(w[0], w[1], idx)); s.xdo("mousemove", x, y); s.press(); s.xdo("key", "ctrl+a"); s.xdo("type", "--delay", 15, "--", w[2])
        elif c == "type": s.xdo("type", "--delay", 15, "--", " ".join(w))
        elif c == "key": s.xdo("key", *w)
        elif c == "scroll": s.xdo("click", "--repeat", int(num(1, 1)), "--delay", 20, 4 if w[0] == "up" else 5)
        elif c == "wait": s.find(w[0], w[1], idx, num(2))
        elif c == "wait-gone": s.until(lambda: not s.find_all(w[0], w[1], 1), f"{w[0]} {w[1]!r} to go", num(2))
        elif c == "wait-text":
            def f():
                a = s.app()
                return a and any(s.match(w[0], s.name(n)) or ((t := s.text(n)) and s.match(w[0], t)) for n in s.walk(a))
            try: s.until(f, f"text {w[0]!r}", num(1))
            except Fail as e: raise Fail(f"{e}. Labels showing: " + ", ".join(repr(s.name(n) or s.text(n) or "") for n in s.find_all("label", "*", 60)))
        elif c == "expect":
            n = s.find(w[0], w[1], idx)
            for kv in w[2:]:
                k, want = kv.split("=", 1)
                def now():
                    st = s.states(n)
                    if k == "value": v = s.value(n); return v is not None and abs(v - float(want)) < 1e-6 * max(1, abs(v)), v
                    if k == "text": t = s.text(n) or s.name(n); return s.match(want, t), t
                    if k == "desc": t = n.get_description(); return s.match(want, t), t
                    if k == "actions": t = "|".join(s.actions(n)); return t == want, t
                    return (k in st) == (want not in ("0", "no", "false")), sorted(st)
                end = time.time() + s.timeout
                while not now()[0]:
                    if time.time() > end: raise Fail(f"{s.role(n)} {s.name(n)!r}: expected {kv}, got {now()[1]!r}")
                    s.pump(.1)
        elif c == "shot": print(s.shot(w[0], s.box(s.find(w[1], w[2], idx)) if len(w) > 2 else None))
        elif c == "size": s.xdo("windowsize", s.main_window(), w[0], w[1]); s.pump(.4)
        elif c == "close":
            subprocess.run(["xdotool", "windowquit", s.main_window()], env=s.env, capture_output=True); s.pump(.2)
        elif c == "sleep": s.pump(float(w[0]))
        elif c == "say": print("== " + " ".join(w))
        elif c == "alive": pass
        elif c == "wait-exit":
            end = time.time() + s.timeout
            while not os.path.exists(s.info["dir"] + "/app.rc"):
                if time.time() > end: raise Fail(f"the application has not ended after {s.timeout:g} s")
                s.pump(.1)
            time.sleep(.1); rc = open(s.info["dir"] + "/app.rc").read(); want = w[0] if w else "0"
            if rc != want: raise Fail(f"the application ended with status {rc}, not {want}")
        else: raise SystemExit(f"guidrive: unknown command {c!r}")
    def main_window(s):
        ws = [w for w in s.xwindows() if min(s.geometry(w)[2:]) > 4]
        if not ws: raise Fail("no X window")
        return ws[0]

def play(d, steps):
    for st in steps:
        t = time.time()
        try: d.cmd(st)
        except (Fail, AppDead, IndexError, ValueError) as e:
            print(f"guidrive: FAILED at step {shlex.join(st)!r}: {e}", file=sys.stderr)
            try:
                open(os.path.join(d.out, "fail-tree.txt"), "w").write("\n".join(d.tree())); print("guidrive: see", d.shot("fail.png"), file=sys.stderr)
            except Exception: pass
            return 3 if isinstance(e, AppDead) else 1
        if os.environ.get("GUIDRIVE_VERBOSE"): print(f"ok {time.time() - t:5.2f}s {shlex.join(st)}", flush=True)
    return 0

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("mode", choices=["run", "start", "do", "stop"])
    p.add_argument("--app"); p.add_argument("--session"); p.add_argument("--out"); p.add_argument("--screen", default="1280x900")
    p.add_argument("--renderer", default="cairo", help="GSK_RENDERER: cairo (default, deterministic) or gl (llvmpipe)")
    p.add_argument("--font", default="Cantarell 11"); p.add_argument("--dark", type=int, default=0); p.add_argument("--animations", type=int, default=0); p.add_argument("--scale", type=int, default=1)
    p.add_argument("--wm", action="append", help="window manager / compositor command, repeatable; default: openbox and xcompmgr where installed; 'none' for neither"); p.add_argument("--env", action="append", default=[], help="K=V for the app"); p.add_argument("--cwd")
    p.add_argument("--timeout", type=float, default=10); p.add_argument("--strict", action="store_true"); p.add_argument("-c", action="append", default=[], dest="cmds")
    p.add_argument("rest", nargs="*")
    a = p.parse_intermixed_args()
    if a.mode == "do" :
        if not a.session: p.error("do needs --session")
    if a.mode in ("run", "start") and not a.app: p.error("--app is needed")
    try:
        if a.mode == "stop": stop(a.session); return 0
        steps = [shlex.split(c) for c in a.cmds]
        if a.mode == "do":
            if a.rest: steps.append(a.rest)
            try: info = json.load(open(os.path.join(a.session, "session.json")))
            except OSError: raise Fail(f"no running session in {a.session}")
            return play(Driver(info, a.out, a.timeout), steps)
        if a.mode == "start":
            sdir, _ = start(a, a.session or p.error("start needs --session")); print("session", sdir); return 0
        for f in a.rest: steps += [shlex.split(l, comments=True) for l in open(f) if l.split("#")[0].strip()]
        tmp = None if a.session else tempfile.mkdtemp(prefix="guidrive.")
        sdir, pid = start(a, a.session or tmp)
        try: rc = play(Driver(json.load(open(sdir + "/session.json")), a.out, a.timeout), steps)
        finally: stop(sdir, pid)
        log = open(sdir + "/app.log", errors="replace").read()
        bad = [l for l in log.splitlines() if re.search(r"-(WARNING|CRITICAL|ERROR) \*\*|ERROR: AddressSanitizer|LeakSanitizer|runtime error:", l)]
        if bad: print(f"guidrive: the application logged {len(bad)} warning(s):\n  " + "\n  ".join(bad[:20]), file=sys.stderr)
        if tmp: shutil.rmtree(tmp, ignore_errors=True)
        return rc or (4 if bad and a.strict else 0)
    except Fail as e: print("guidrive:", e, file=sys.stderr); return 1
    except AppDead as e: print("guidrive:", e, file=sys.stderr); return 3

if __name__ == "__main__": sys.exit(main())
