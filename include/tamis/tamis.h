/* The whole public engine API.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <tamis/base.h>
#include <tamis/job.h>
#include <tamis/image.h>
#include <tamis/dataset.h>
#include <tamis/model.h>
#include <tamis/latent.h>
#include <tamis/dedup.h>
#include <tamis/stats.h>
#include <tamis/project.h>
#include <tamis/export.h>
