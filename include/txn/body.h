/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The transaction body: a generator of statements that can be run again from the start. */
#ifndef TXN_BODY_H
#define TXN_BODY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "db/db.h"

struct body;

enum { BODY_MAX_STATEMENTS = 16 }; /* in one batch */

/*
 * What a body wants to send next. Statements that do not need each other's results are yielded together. Their texts
 * and parameters stay valid until the next call of next() or reset(); the engine refuses transaction control and DDL.
 */
struct batch {
	struct statement statements[BODY_MAX_STATEMENTS];
	size_t n;
	/*
	 * The body's last statements. A body that says so promises that the server itself refuses (with an error)
	 * whatever must not be committed, so that the commit may travel with them; next() is still called with their
	 * results, before the commit is sent when they travel apart, and may reject then.
	 */
	bool last;
	bool alone; /* of oneshot(): its one statement makes sure of the isolation level, and needs no BEGIN and COMMIT */
};

enum body_say { BODY_SEND, BODY_DONE, BODY_REJECT };

/*
 * The engine calls reset(), then next() again and again: first with n = 0, then with the answers to the batch before.
 * The body fills `batch` and says SEND, or says DONE, or fills `reason` and says REJECT. It keeps its state in its own
 * struct, which begins with a struct body; reset() forgets what an earlier attempt read, so a retry reads and decides
 * again. It never sees a connection.
 *
 * `together` is true where a batch marked `last` will travel with the commit: a body that can check results only
 * afterwards must then add statements by which the server checks.
 *
 * refused() may be NULL. It is asked about a final error of statement `index` of the body's latest batch, and may turn
 * it into a rejection (true, with the reason).
 *
 * oneshot() may be NULL. It fills a batch that does the whole work without reading first, and whose server-side checks
 * fail (with an error) where the rules say no; the body is then run again by next(), which finds the reason. False
 * where this work cannot be done so: then next() does it.
 *
 * ledger_probe() may be NULL. It fills the statements by which the ledger is asked for this run's id; false where there
 * is no ledger. It is what settles a lost commit.
 *
 * found() may be NULL. It gets the row that `find` read, where that is how a lost commit was found: the answers to the
 * body's own statements were lost with the answer to the commit.
 */
struct ledger_probe {
	struct statement write; /* writes the id, and touches 0 rows where it is there already; never committed */
	struct statement find;  /* reads the row with that id: one row, or none */
};

struct body_ops {
	void (*reset)(struct body *body, bool together);
	enum body_say (*next)(struct body *body, const struct answer *answers, size_t n, struct batch *batch,
			      struct err *reason);
	bool (*refused)(struct body *body, size_t index, const struct answer *answer, struct err *reason);
	bool (*oneshot)(struct body *body, struct batch *batch);
	bool (*ledger_probe)(struct body *body, struct ledger_probe *probe);
	void (*found)(struct body *body, const struct rows *row);
};

struct body {
	const struct body_ops *ops;
};

#endif
