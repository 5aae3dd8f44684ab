/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command node: the nodes of a cluster of one's own, listed, stopped, killed and started again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/options.h"
#include "verb_internal.h"

#define NODE_WORDS(X) X(NODE_STOP, "stop") X(NODE_KILL, "kill") X(NODE_START, "start")

static const char *const phases[] = {
	[NODE_DOWN] = "down", [NODE_STARTING] = "starting", [NODE_UP] = "up", [NODE_STOPPING] = "stopping"};

struct node_work {
	size_t i;
	enum node_order order;
};

/* ---- list ---- */

static const char *node_state(const struct server_node *node)
{
	return node->phase == NODE_DOWN && !node->asked ? "ended by itself" : phases[node->phase];
}

static enum status node_print(struct app *app, enum output_format format, struct err *err)
{
	static const char *const names[] = {"node", "state", "port", "process", "last_words"};
	static const bool right[] = {true, false, true, true, false};
	struct output *output = output_new(stdout, format, 5, names, right);
	for (size_t i = 0; i < server_nodes(app->server); i++) {
		const struct server_node *node = server_node(app->server, i);
		char number[16], port[16], pid[16];
		snprintf(number, sizeof number, "%u", node->number);
		snprintf(port, sizeof port, "%d", node->port);
		snprintf(pid, sizeof pid, "%d", node->pid);
		const char *const cells[] = {number, node_state(node), port, node->pid ? pid : NULL,
					     node->words[0] ? node->words : NULL};
		output_rows(output, cells, 1);
	}
	return output_end(output, app, err);
}

static void node_show(struct app *app)
{
	struct buf text = {0};
	for (size_t i = 0; i < server_nodes(app->server); i++) {
		const struct server_node *node = server_node(app->server, i);
		buf_fmt(&text, "node %u  %-15s 127.0.0.1:%d", node->number, node_state(node), node->port);
		if (node->pid)
			buf_fmt(&text, "  process %d", node->pid);
		else if (node->words[0])
			buf_fmt(&text, "  %s", node->words);
		buf_char(&text, '\n');
	}
	buf_str(&text, "\n:node stop N   the node hands over what it holds, and ends\n"
		       ":node kill N   it ends in the middle of what it does\n"
		       ":node start N  it comes back, with what it has stored\n");
	app_show(app, "Nodes", &text);
}

static void node_list(struct run *run)
{
	struct err err = {0};
	enum output_format format;
	enum status status = run_format(run, &format, &err);
	if (status || !app_prints(run->app))
		node_show(run->app);
	else
		status = node_print(run->app, format, &err);
	run_end(run, status, err.text[0] ? err.text : NULL);
}

/* ---- levers ---- */

/* What became of the cluster by it. */
static const char *node_rest(const struct app *app, size_t i)
{
	if (own_cluster_serves(app))
		return server_nodes(app->server) > 1 ? "; the others go on" : "";
	if (server_nodes(app->server) == 1)
		return i ? "" : "; nothing answers before it is started again (node start 1)";
	return "; too few are left, and nothing is answered before enough of them are started (node start N)";
}

/* The sessions that the node took with it are lost by now: what comes next waits for them. */
static void node_over(void *arg)
{
	run_end(arg, ST_OK, NULL);
}

static void node_on_done(void *arg, const struct err *err)
{
	static const char *const done[] = {
		[NODE_START] = "was started and answers", [NODE_STOP] = "was stopped", [NODE_KILL] = "was killed"};
	struct run *run = arg;
	const struct node_work *work = run->work;
	struct app *app = run->app;
	if (err) {
		own_cluster_log(app, "%s", err->text);
		run_end(run, err->status, err->text);
		return;
	}
	own_cluster_log(app, "node %zu %s", work->i + 1, done[work->order]);
	app_result(app, "node %zu %s%s", work->i + 1, done[work->order],
		   work->order == NODE_START ? "" : node_rest(app, work->i));
	loop_soon(app->loop, node_over, run);
}

static void node_refuse(struct run *run, size_t i)
{
	struct err err;
	const struct server_node *node = server_node(run->app->server, i);
	err_set(&err, ST_USAGE, "node %u is %s: see `node list`", node->number, phases[node->phase]);
	run_end(run, err.status, err.text);
}

static bool node_word(const char *word, enum node_order *order)
{
#define NODE_WORD(constant, text) {text, constant},
	static const struct {
		const char *text;
		enum node_order order;
	} words[] = {NODE_WORDS(NODE_WORD)};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(word, words[i].text) == 0) {
			*order = words[i].order;
			return true;
		}
	return false;
}

static void node_lever(struct run *run)
{
	static const char *const doing[] = {
		[NODE_START] = "is being started", [NODE_STOP] = "hands over what it holds", [NODE_KILL] = "is killed"};
	struct app *app = run->app;
	struct node_work *work = run->work = malloc(sizeof *work);
	work->i = strtoul(run->args[1], NULL, 10) - 1;
	(void)node_word(run->args[0], &work->order);
	if (!server_order(app->server, work->i, work->order, node_on_done, run)) {
		node_refuse(run, work->i);
		return;
	}
	own_cluster_log(app, "node %s %zu", run->args[0], work->i + 1);
	if (work->order != NODE_START && !server_copied(app->server)) {
		app_say(app, ST_OK,
			"node %zu waits until the cluster has copied its data to three nodes, in the minute after its "
			"start",
			work->i + 1);
		return;
	}
	if (!app_prints(app))
		app_say(app, ST_OK, "node %zu %s ...", work->i + 1, doing[work->order]);
}

static bool node_is_list(const struct run *run)
{
	return run->nargs == 0 || strcmp(run->args[0], "list") == 0;
}

static void node_on_there(void *arg, const struct err *err)
{
	struct run *run = arg;
	if (err)
		run_end(run, err->status, err->text);
	else if (node_is_list(run))
		node_list(run);
	else
		node_lever(run);
}

/* Waited for is the start alone: afterwards a node is there whether it is connected to or not. */
static void do_node(struct run *run)
{
	const struct app *app = run->app;
	if (app->phase == PHASE_FAILED)
		run_end(run, app->failure.status, app->failure.text);
	else if (app->phase == PHASE_READY)
		node_on_there(run, NULL);
	else
		waiters_wait(run->app, COMMAND_SERVER, node_on_there, run);
}

static enum status node_check(const struct run *run, struct err *err)
{
	enum node_order order;
	unsigned long long n = 0;
	if (!run->app->settings.cockroach)
		return err_set(
			err, ST_USAGE,
			"there is no cluster of teller's own here: `teller demo --cockroach --nodes 3` starts one");
	if (node_is_list(run) && run->nargs > 1)
		return err_set(err, ST_USAGE, "node list takes no number");
	if (node_is_list(run))
		return record_check(run, err);
	if (!node_word(run->args[0], &order))
		return err_set(err, ST_USAGE, "unknown node command \"%.80s\"; use list, stop, kill or start",
			       run->args[0]);
	if (run->nargs < 2)
		return err_set(err, ST_USAGE, "which node? node %s N, from 1 to %u", run->args[0],
			       run->app->settings.nodes);
	return options_number(run->args[1], "node", 1, run->app->settings.nodes, &n, err);
}

const struct command verb_node = {
	.name = "node",
	.args = {{"list|stop|kill|start", ARG_WORD, true}, {"N", ARG_COUNT, true}},
	.options =
		{
			COMMAND_FORMATS,
		},
	.flags = COMMAND_VERB,
	.help = "the nodes of a cluster of demo --cockroach",
	.run = do_node,
	.check = node_check,
};
