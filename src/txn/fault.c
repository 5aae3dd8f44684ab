/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first error of an attempt, kept whatever comes later. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "engine.h"

void fault_keep(struct fault *fault, const struct answer *answer)
{
	if (fault->set)
		return;
	fault->set = true;
	fault->lost = answer->lost;
	fault->clean = answer->clean && !answer->lost;
	memcpy(fault->sqlstate, answer->sqlstate, sizeof fault->sqlstate);
	fault->message = mem_dup(answer->message);
	fault->detail = mem_dup(answer->detail);
}

void fault_clear(struct fault *fault)
{
	free(fault->message);
	free(fault->detail);
	*fault = (struct fault){0};
}

/* "could not serialize access due to concurrent update (40001)" */
void fault_sentence(const struct fault *fault, struct buf *out)
{
	const char *message = fault->message ? fault->message : "";
	size_t n = strlen(message);
	while (n > 0 && (message[n - 1] == '\n' || message[n - 1] == ' '))
		n--;
	for (size_t i = 0; i < n; i++)
		buf_char(out, message[i] == '\n' || message[i] == '\t' ? ' ' : message[i]);
	if (fault->sqlstate[0])
		buf_fmt(out, " (%s)", fault->sqlstate);
}
