/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a screen shows beside the events, written into the trace of this run each time that it changes. */
#ifndef APP_TRACE_STATES_H
#define APP_TRACE_STATES_H

#include "trace/trace.h"

void trace_states(void *app, struct trace *trace); /* of struct trace_ops */

#endif
