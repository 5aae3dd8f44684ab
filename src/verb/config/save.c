/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command save: what differs from the defaults goes into the configuration file. */
#include <inttypes.h>

#include "base/text.h"
#include "cli/config.h"
#include "src/verb/verb_internal.h"

static enum status check_save(const struct run *run, struct err *err)
{
	bool replaces;
	return config_save_check(&run->app->settings.config, &replaces, err);
}

/* Where there is no file yet, nothing is replaced. */
static enum status prepare_save(struct run *run, struct err *err)
{
	bool replaces;
	enum status status = config_save_check(&run->app->settings.config, &replaces, err);
	run->confirmed |= !replaces;
	return status;
}

static void describe_save(struct buf *out, const struct run *run)
{
	buf_fmt(out,
		"replace %s by what is set now: comments stay, and so do lines that say what is so or are not "
		"understood",
		run->app->settings.config.path);
}

static void do_save(struct run *run)
{
	struct settings *settings = &run->app->settings;
	struct err err = {0};
	size_t lines = 0;
	enum status status = config_save(settings, &lines, &err);
	if (!status)
		app_result(run->app, "saved: %zu %s in %s", lines, text_plural(lines, "line", "lines"),
			   settings->config.path);
	run_end(run, status, status ? err.text : NULL);
}

const struct command verb_save = {
	.name = "save",
	.flags = COMMAND_CONFIRM,
	.options = {{.name = "yes", .help = "do not ask"}},
	.help = "write what differs from the defaults into the configuration file",
	.run = do_save,
	.check = check_save,
	.prepare = prepare_save,
	.describe = describe_save,
};
