/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verb load while it runs and when it has ended: its report as data, beside what is on the server. */
#ifndef LOAD_LOADED_H
#define LOAD_LOADED_H

#include <stdint.h>

#include "tests/support/proc.h"

/* teller load --yes --csv with these words, at most 16, ended by NULL. Owned. */
struct proc *loaded_start(const char *const words[]);

/* A column of its one row; owned. Fails the test where there is none. */
char *loaded_text(struct proc *proc, const char *column);
int64_t loaded_number(struct proc *proc, const char *column);

/* It has ended with this status; every transfer has one outcome, and the ledger, which was empty before, has the rows
 * that were told. */
void loaded_check(struct proc *proc, int status);

#define LOADED(...) loaded_start((const char *const[]){__VA_ARGS__, NULL})

#endif
