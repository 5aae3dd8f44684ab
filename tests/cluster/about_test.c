/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the server at hand is: the table of its features, and that the dialect in src/db says of it what is so. */
#include <stdlib.h>
#include <string.h>

#include "tests/cluster/cluster.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/rig.h"

static void it_is_known(void **state)
{
	struct rig *rig = *state;
	char *version = pg_value("SELECT version()");
	cluster_tell();
	assert_non_null(strstr(version, db_facts(rig->db)->product));
	assert_non_null(strstr(version, db_facts(rig->db)->version));
	free(version);
}

static void the_dialect_knows_where_the_commit_is(void **state)
{
	struct rig *rig = *state;
	assert_int_equal(db_dialect(rig->db)->release_commits, cluster_has(RELEASE_COMMITS));
	assert_int_equal(db_dialect(rig->db)->rollback_to_restarts, cluster_has(RELEASE_COMMITS));
}

static void the_dialect_knows_who_waits(void **state)
{
	struct rig *rig = *state;
	assert_int_equal(db_dialect(rig->db)->readers_wait, !cluster_has(READERS_PASS));
}

static void the_dialect_knows_what_can_be_asked(void **state)
{
	struct rig *rig = *state;
	assert_int_equal(db_dialect(rig->db)->xid_sql != NULL, cluster_has(NUMBERS_ITS_TXNS));
	assert_int_equal(db_dialect(rig->db)->end_session_sql != NULL, cluster_has(ENDS_SESSIONS));
	assert_int_equal(db_facts(rig->db)->pid != 0, cluster_has(CANCELS));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(it_is_known, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(the_dialect_knows_where_the_commit_is, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(the_dialect_knows_who_waits, rig_setup, rig_teardown),
		cmocka_unit_test_setup_teardown(the_dialect_knows_what_can_be_asked, rig_setup, rig_teardown),
	};
	return cmocka_run_group_tests_name("cluster/about", tests, cluster_setup, cluster_teardown);
}
