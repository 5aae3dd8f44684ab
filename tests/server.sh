# SPDX-License-Identifier: GPL-3.0-or-later
# A private PostgreSQL for the scripts that source this: made in $tmp, reached at $tmp/pg, as user teller; its process is $server.
server=

# The directory of the newest PostgreSQL here, as `teller demo` finds it; in TELLER_PG_BINDIR alone where that is set.
find_server() {
	local dir
	for dir in ${TELLER_PG_BINDIR:-${PATH//:/ } "$(pg_config --bindir 2>/dev/null)" /usr/lib/postgresql/*/bin}; do
		[ -x "$dir/initdb" ] && [ -x "$dir/postgres" ] || continue
		dir=$(dirname "$(readlink -f "$dir/initdb")")
		echo "$("$dir/postgres" --version) $dir"
	done | sort -u | sort -k3,3V -s | tail -1 | sed 's/.* //' | grep .
}

# "${mortal[@]}" ${mortal:+SIGNAL} COMMAND...: it gets the signal when this shell is gone, however that was ended.
mortal=()
! setpriv --help 2>/dev/null | grep -q pdeathsig || mortal=(setpriv --pdeathsig)

# PostgreSQL refuses to run as root: there it becomes postgres, or nobody.
owner=
if [ "$(id -u)" = 0 ]; then
	owner=$(id -un postgres 2>/dev/null || echo nobody)
fi
as_owner() {
	local die=("${mortal[@]}")
	[ -z "$owner" ] || die=(setpriv --reuid "$owner" --regid "$(id -gn "$owner")" --clear-groups "${die[@]:1}")
	exec "${die[@]}" ${mortal:+INT} "$@"
}

start_server() {
	local bin psql tries=0
	bin=$(find_server) || { echo "tests: no PostgreSQL server found (initdb, postgres)"; return 1; }
	psql=$bin/psql
	[ -x "$psql" ] || psql=psql # a server that came without clients
	mkdir -p "$tmp/pg" && chmod 755 "$tmp" && chmod 700 "$tmp/pg"
	[ -z "$owner" ] || chown "$owner" "$tmp/pg"
	(cd "$tmp/pg" && as_owner "$bin/initdb" -D "$tmp/pg/data" -U teller -A trust --no-sync -E UTF8 --no-locale) \
		>"$tmp/initdb.log" 2>&1 || { cat "$tmp/initdb.log"; return 1; }
	(cd "$tmp/pg" && as_owner "$bin/postgres" -D "$tmp/pg/data" -k "$tmp/pg" -p 5432 -c listen_addresses= \
		-c unix_socket_permissions=0777 -c fsync=off -c full_page_writes=off \
		-c timezone=UTC -c max_connections=200) >"$tmp/server.log" 2>&1 &
	server=$!
	chmod 711 "$tmp/pg" # the tests reach the socket, whoever they are
	until "$psql" -h "$tmp/pg" -U teller -d postgres -qc 'CREATE DATABASE bank' >"$tmp/psql.log" 2>&1; do
		if ! kill -0 "$server" 2>/dev/null || [ $((tries += 1)) -gt 600 ]; then
			cat "$tmp/server.log" "$tmp/psql.log"
			return 1
		fi
		sleep 0.05
	done
}

# end_child SIGNAL PID: until it is gone, for a signal is lost that comes before the child has its own ways with it.
end_child() {
	while kill "-$1" "$2"; do
		sleep 0.02
	done
	wait "$2"
} 2>/dev/null

stop_server() {
	[ -z "$server" ] || end_child QUIT "$server"
}
