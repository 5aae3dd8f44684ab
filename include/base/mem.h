/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Allocation that ends the program where there is no memory: no caller has to check for NULL. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

/* All return owned memory, zeroed (mem_new, mem_array) or copied; free() releases it. */
void *mem_new(size_t size);
void *mem_array(size_t n, size_t size);
void *mem_resize(void *p, size_t n, size_t size); /* like reallocarray; new bytes are not zeroed */
void *mem_grow(void *p, size_t n, size_t size);   /* an array of n that only grows by one a time: room for one more */
char *mem_dup(const char *s);                     /* NULL stays NULL */
char *mem_dup_n(const char *s, size_t n);

/* Called once, before the message, when memory runs out: the screen gives the terminal back here. */
void mem_on_death(void (*restore)(void));
void mem_give_back(void); /* calls it, for another end as sudden; may be called in a signal handler */

#define NEW(type) ((type *)mem_new(sizeof(type)))
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
