/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frees the settings of the program. */
#include "app/settings.h"

#include <stdlib.h>

const struct conninfo *settings_second(const struct settings *settings)
{
	return settings->second.target ? &settings->second : NULL;
}

void settings_free(struct settings *settings)
{
	conninfo_free(&settings->conninfo);
	conninfo_free(&settings->against);
	conninfo_free(&settings->second);
	for (size_t i = 0; i < settings->ncommands; i++)
		free(settings->commands[i]);
	free(settings->commands);
	free(settings->keep);
	free(settings->bindir);
	free(settings->cockroach);
	free(settings->file);
	free(settings->output);
	free(settings->trace);
	bank_choice_free(&settings->bank);
	free(settings->log);
	free(settings->as_of);
	config_free(&settings->config);
	*settings = (struct settings){0};
}
