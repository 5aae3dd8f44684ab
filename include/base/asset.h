/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files of assets/ that are built into the program, as strings. */
#ifndef BASE_ASSET_H
#define BASE_ASSET_H

extern const char asset_schema_sql[];    /* the tables */
extern const char asset_keymap_conf[];   /* the default keys */
extern const char asset_skeleton_spec[]; /* where a new lesson begins */

/* The files of assets/lessons/, by name, without ".spec"; the last has no name. */
struct asset_lesson {
	const char *name, *text;
};
extern const struct asset_lesson asset_lessons[];
/* The same of assets/matrix/: an anomaly each, in the format of lessons; see src/verb/lab/matrix.c. */
extern const struct asset_lesson asset_matrix[];
/* The same of assets/exercises/: lessons of which a part is the user's to write; see lab/exercise.h. */
extern const struct asset_lesson asset_exercises[];

/* The files of assets/programs/, sorted: "loop", "py"; the last has no topic. */
struct asset_program {
	const char *topic, *language, *text;
};
extern const struct asset_program asset_programs[];

#endif
