/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the doctor asks the node of a cluster about itself: its number, the cluster's id, its region and locality. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "doctor/diagnosis.h"

enum { NODE_NUMBER, NODE_CLUSTER, NODE_REGION, NODE_LOCALITY, NODE_QUESTIONS };
enum { SAID_MAX = 400 };

static void node_on_answer(void *arg, size_t index, const struct answer *answer)
{
	struct diagnosis *diagnosis = arg;
	const char *cell = answer->rows && answer->rows->nrows ? rows_cell(answer->rows, 0, 0) : NULL;
	struct node_fact *fact = &diagnosis->node[index];
	fact->asked = true;
	fact->said = cell ? mem_dup_n(cell, strnlen(cell, SAID_MAX)) : NULL;
	memcpy(fact->sqlstate, answer->sqlstate, sizeof fact->sqlstate);
}

static void node_on_idle(void *arg)
{
	struct diagnosis *diagnosis = arg;
	diagnosis->node_then(diagnosis);
}

/* Each is a transaction of its own: one that fails takes no other with it. */
bool diagnosis_ask_node(struct diagnosis *diagnosis, void (*then)(struct diagnosis *diagnosis), struct db_reply reply)
{
	struct db *db = diagnosis->run->app->work;
	const struct dialect *dialect = db_dialect(db);
	const char *questions[] = {[NODE_NUMBER] = dialect->node_sql,
				   [NODE_CLUSTER] = dialect->cluster_sql,
				   [NODE_REGION] = dialect->region_sql,
				   [NODE_LOCALITY] = dialect->locality_sql};
	struct statement statements[NODE_QUESTIONS];
	struct db_context context = {0};
	if (!dialect->node_sql)
		return false;
	for (size_t i = 0; i < NODE_QUESTIONS; i++)
		statements[i] =
			(struct statement){.sql = questions[i], .verb = VERB_OTHER, .apart = true, .once = true};
	diagnosis->node_then = then;
	reply.answer = node_on_answer;
	reply.idle = node_on_idle;
	db_send(db, statements, NODE_QUESTIONS, &context, &reply);
	return true;
}

void diagnosis_forget_node(struct diagnosis *diagnosis)
{
	for (size_t i = 0; i < COUNT_OF(diagnosis->node); i++)
		free(diagnosis->node[i].said);
}

/* ---- what was found ---- */

/* "not known: insufficient privilege (42501)", and what that means there. */
static void node_add_unknown(struct buf *out, const struct diagnosis *d, const struct node_fact *fact)
{
	const struct dialect *dialect = db_dialect(d->run->app->work);
	const char *reason = fact->sqlstate[0] ? show_reason(fact->sqlstate) : NULL;
	bool closed = strcmp(fact->sqlstate, "42501") == 0 && dialect->fail_allow_sql &&
		      db_version_at_least(d->run->app->work, dialect->fail_allow_major, dialect->fail_allow_minor);
	buf_str(out, "not known");
	if (fact->sqlstate[0])
		buf_fmt(out, ": %s%s%s%s", reason ? reason : "", reason ? " (" : "", fact->sqlstate, reason ? ")" : "");
	if (closed)
		buf_str(out, "; from version 26.1 on crdb_internal is closed to sessions that do not ask for it");
}

/* "region=eu-west,zone=a" has the region, too, where no database has regions. */
static char *node_region_of(const char *locality)
{
	static const char key[] = "region=";
	for (const char *tier = locality; tier && *tier; tier += strcspn(tier, ",") + (tier[strcspn(tier, ",")] == ','))
		if (strncmp(tier, key, sizeof key - 1) == 0)
			return mem_dup_n(tier + sizeof key - 1, strcspn(tier, ",") - (sizeof key - 1));
	return NULL;
}

static void node_add(struct diagnosis *d, const char *check, const struct node_fact *fact, const char *none)
{
	struct buf text = {0};
	if (fact->said && fact->said[0])
		buf_str(&text, fact->said);
	else if (fact->asked && !fact->sqlstate[0])
		buf_str(&text, none);
	else
		node_add_unknown(&text, d, fact);
	diagnosis_add(d, check, NULL, "%s", buf_text(&text));
	buf_free(&text);
}

void diagnosis_show_node(struct diagnosis *d)
{
	struct node_fact *region = &d->node[NODE_REGION];
	const struct node_fact *locality = &d->node[NODE_LOCALITY];
	if (!d->node[NODE_NUMBER].asked)
		return;
	if (!region->said || !region->said[0]) {
		char *named = node_region_of(locality->said);
		if (named) {
			free(region->said);
			region->said = named;
		}
	}
	node_add(d, "node", &d->node[NODE_NUMBER], "not known");
	node_add(d, "cluster", &d->node[NODE_CLUSTER], "not known");
	node_add(d, "region", region, "none");
	node_add(d, "locality", locality, "none: the node was started without one");
}
