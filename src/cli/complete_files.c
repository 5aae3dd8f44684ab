/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of files that begin with what is typed, as words of a command line. */
#include "complete_files.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/run.h"

enum { ENTRIES_MAX = 10000, OFFERS_MAX = 500 };

struct typed {
	char *directory; /* with its '/', as it was typed; "" for the current one */
	const char *name;
	size_t length;
};

static bool file_is_harmless(const char *name)
{
	struct buf shown = {0};
	text_escape(&shown, name, strlen(name), 0);
	bool harmless = strcmp(buf_text(&shown), name) == 0;
	buf_free(&shown);
	return harmless;
}

static bool file_fits(const struct typed *typed, const char *name)
{
	return strncmp(name, typed->name, typed->length) == 0 && (name[0] != '.' || typed->name[0] == '.') &&
	       strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && file_is_harmless(name);
}

static bool file_is_directory(DIR *directory, const struct dirent *entry)
{
	struct stat about;
	if (entry->d_type != DT_UNKNOWN && entry->d_type != DT_LNK)
		return entry->d_type == DT_DIR;
	return fstatat(dirfd(directory), entry->d_name, &about, 0) == 0 && S_ISDIR(about.st_mode);
}

static void file_add_word(struct buf *word, const struct typed *typed, DIR *directory, const struct dirent *entry)
{
	struct buf path = {0};
	buf_fmt(&path, "%s%s%s", typed->directory, entry->d_name, file_is_directory(directory, entry) ? "/" : "");
	buf_clear(word);
	run_quote(word, path.p);
	buf_free(&path);
}

/* A word that is begun with a quote is offered as one that has quotes. */
void complete_files(const char *typed, size_t n, void (*offer)(void *arg, const char *word), void *arg)
{
	size_t quoted = n > 0 && typed[0] == '\'';
	char *path = mem_dup_n(typed + quoted, n - quoted);
	const char *slash = strrchr(path, '/');
	size_t before = slash ? (size_t)(slash + 1 - path) : 0;
	struct typed what = {mem_dup_n(path, before), path + before, strlen(path + before)};
	DIR *directory = opendir(before ? what.directory : ".");
	struct buf word = {0};
	const struct dirent *entry;
	size_t offers = 0;
	for (int i = 0; directory && i < ENTRIES_MAX && offers < OFFERS_MAX && (entry = readdir(directory)); i++) {
		if (!file_fits(&what, entry->d_name))
			continue;
		file_add_word(&word, &what, directory, entry);
		offer(arg, word.p);
		offers++;
	}
	if (directory)
		closedir(directory);
	buf_free(&word);
	free(what.directory);
	free(path);
}
