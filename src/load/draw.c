/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is drawn: accounts, all alike or some far more often than others; and ids, whose beginning is the load's own. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/uuid.h"
#include "load_internal.h"

enum { ID_HEAD = 24, ID_VERSION = 14 };

/* The last 12 digits count, so that the ledger's rows of one load are one range of ids (RFC 9562, version 8). */
void draw_prepare(struct load *load)
{
	struct crowd *crowd = &load->crowd;
	double sum = 0;
	uuid_draw(load->run_id);
	load->run_id[ID_VERSION] = '8';
	crowd->retries = mem_array(crowd->n, sizeof *crowd->retries);
	if (load->spec.zipf <= 0)
		return;
	crowd->weights = mem_array(crowd->n, sizeof *crowd->weights);
	for (size_t i = 0; i < crowd->n; i++)
		crowd->weights[i] = sum += pow((double)(i + 1), -load->spec.zipf);
}

void crowd_free(struct crowd *crowd)
{
	for (size_t i = 0; i < crowd->n; i++)
		free(crowd->ids[i]);
	free((void *)crowd->ids);
	free(crowd->weights);
	free(crowd->retries);
	*crowd = (struct crowd){0};
}

/* The first one whose weight, with all before it, is above what was drawn. */
static size_t draw_weighted(const struct crowd *crowd, struct rng *rng)
{
	double drawn = (double)(rng_next(rng) >> 11) * 0x1p-53 * crowd->weights[crowd->n - 1];
	size_t low = 0, high = crowd->n - 1;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (crowd->weights[middle] > drawn)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

size_t draw_account(const struct load *load, struct rng *rng)
{
	return load->crowd.weights ? draw_weighted(&load->crowd, rng) : rng_below(rng, load->crowd.n);
}

static void draw_number(const struct load *load, uint64_t number, char out[TRANSFER_ID_SIZE])
{
	memcpy(out, load->run_id, ID_HEAD);
	for (size_t i = TRANSFER_ID_SIZE - 1; i-- > ID_HEAD; number >>= 4)
		out[i] = "0123456789abcdef"[number & 15];
	out[TRANSFER_ID_SIZE - 1] = '\0';
}

void draw_next_id(struct load *load, char out[TRANSFER_ID_SIZE])
{
	draw_number(load, ++load->next_id, out);
}

void draw_first_id(const struct load *load, char out[TRANSFER_ID_SIZE])
{
	draw_number(load, 0, out);
}

void draw_last_id(const struct load *load, char out[TRANSFER_ID_SIZE])
{
	draw_number(load, UINT64_MAX, out);
}
