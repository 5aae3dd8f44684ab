/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts in Markdown, as GitHub reads it: whatever they hold, they are shown, and do nothing. */
#ifndef BASE_MARKDOWN_H
#define BASE_MARKDOWN_H

#include "base/buf.h"

/* Both take harmless text of one line (base/text.h), and what they append may stand in the cell of a table. */
void markdown_words(struct buf *out, const char *text);
void markdown_code(struct buf *out, const char *code); /* not empty; as code */

#endif
