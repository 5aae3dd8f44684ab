# SPDX-License-Identifier: GPL-3.0-or-later
# Builds teller, its tests and its checks. `make demo`, `make test` and `make lint` install what is missing first.

VERSION  := 0.1.0
PREFIX   ?= /usr/local
BUILD    ?= build
SANITIZE ?=
CFLAGS   ?= -O2 -g
ONLY     ?=
FUZZ_S   ?= 60
URL      ?=
S        ?=
N        ?=
SEED     ?=

ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 2)
endif

# With these goals, make first installs what is missing and then reads this file again: only then does pkg-config know all.
CHECKED := $(filter demo test test-asan test-cockroach test-distance test-servers bench lint fuzz picture soak storm fuzz-wire fuzz-keys deb test-package,$(MAKECMDGOALS))
ifneq ($(and $(CHECKED),$(if $(TELLER_READY),,first)),)

$(MAKECMDGOALS): ready ; @:

ready:
	@.ci/deps $(CHECKED)
	@$(MAKE) --no-print-directory TELLER_READY=yes $(MAKECMDGOALS)
.PHONY: $(MAKECMDGOALS) ready

else

CORE_PACKAGES := libpq libuv jansson uuid
UI_PACKAGES   := ncursesw readline

CORE_CFLAGS := $(shell pkg-config --cflags $(CORE_PACKAGES) 2>/dev/null)
CORE_LIBS   := $(shell pkg-config --libs $(CORE_PACKAGES) 2>/dev/null && echo -lm)
UI_CFLAGS   := $(shell pkg-config --cflags $(UI_PACKAGES) 2>/dev/null)
UI_LIBS     := $(shell pkg-config --libs $(UI_PACKAGES) 2>/dev/null)
TEST_LIBS   := $(shell pkg-config --libs cmocka 2>/dev/null)
TERM_LIBS   := $(shell pkg-config --libs vterm 2>/dev/null)
LACKING     := $(if $(and $(CORE_LIBS),$(UI_LIBS)),,libraries)

# $(call run,WORD,FILE,COMMAND) prints "WORD FILE" for the command; V=1 and make -n show the command itself, make -s nothing.
SHORT_OPTIONS := $(firstword -$(MAKEFLAGS))
quietly  := $(if $(filter 1,$(V))$(findstring n,$(SHORT_OPTIONS)),,@)
announce  = $(if $(quietly),$(if $(findstring s,$(SHORT_OPTIONS)),,echo '$1 $2';))
run       = $(quietly)$(announce) $3

# CPPFLAGS, CFLAGS and LDFLAGS are the builder's; what the code needs is added to them, not put in their place.
WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wformat=2 -Wswitch-enum -Wmissing-prototypes -Wvla
compile   = $(CC) -D_GNU_SOURCE -DTELLER_VERSION='"$(VERSION)"' -Iinclude -I. $(CORE_CFLAGS) $(FLAGS) $(CPPFLAGS) \
            -std=c11 $(WARNINGS) $(CFLAGS) $(WERROR) $(SANITIZE) -MMD -MP -c -o $@ $<
link      = $(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -o $@ $(filter %.o %.a,$^)

CORE_SRC := $(filter-out src/main.c,$(wildcard src/*.c src/*/*.c src/*/*/*.c))
UI_SRC   := $(wildcard ui/*.c ui/*/*.c)
TEST_SRC := $(wildcard tests/*/*_test.c)
BENCH    := $(BUILD)/tests/bench/bench
PICTURE  := $(BUILD)/tests/picture/picture
CRDB_SRC := $(filter-out %_test.c,$(wildcard tests/cockroach/*.c))
CRDB     := $(BUILD)/tests/cockroach/cockroach
SUPPORT  := $(filter-out %_test.c tests/bench/% tests/fuzz/% tests/picture/picture.c $(CRDB_SRC),$(wildcard tests/*/*.c))
ASSETS   := $(sort $(filter-out %.png %.svg %.1 %.5,$(wildcard assets/*.*)))
# In the order of learning; a lesson that is not named here comes behind.
LESSONS  := first-transfer when-the-snapshot read-committed let-the-server-compute lost-update wrong-retry retry-by-itself \
	    the-outbox commit-that-rolled-back after-a-failed-commit let-the-schema-say-no locking-read the-lock-of-a-moment \
	    deadlock hot-account the-hot-account-raced a-queue-of-jobs the-job-done-twice the-row-that-was-missed write-skew lock-what-the-rule-reads \
	    phantom key-or-serialization the-row-nobody-sees read-only-anomaly the-torn-report the-innocent \
	    what-savepoints-catch savepoint-protocol commit-cut the-version-column
LESSONS  := $(LESSONS:%=assets/lessons/%.spec)
LESSONS  += $(sort $(filter-out $(LESSONS),$(wildcard assets/lessons/*.spec)))
# The rows of `lab matrix`, in their order.
MATRIX   := dirty-write dirty-read intermediate-read circular-flow non-repeatable-read phantom phantom-write lost-update vanishing \
            read-skew write-skew write-skew-condition read-only-anomaly
MATRIX   := $(MATRIX:%=assets/matrix/%.spec)
PROGRAMS := $(sort $(wildcard assets/programs/*.*))
# What is to be solved, behind the lessons.
EXERCISES := ex-what-waits ex-what-reads ex-order-total ex-total ex-tickets ex-half ex-what-fails ex-jobs ex-order-doctors ex-doctors
EXERCISES := $(EXERCISES:%=assets/exercises/%.spec)
CORE_OBJ := $(CORE_SRC:%.c=$(BUILD)/%.o) $(BUILD)/assets.o
UI_OBJ   := $(UI_SRC:%.c=$(BUILD)/%.o)
TESTS    := $(TEST_SRC:%.c=$(BUILD)/%)

all: $(BUILD)/teller
tests: $(TESTS) $(BENCH) $(PICTURE) $(CRDB)

$(BUILD)/teller: $(BUILD)/src/main.o $(UI_OBJ) $(BUILD)/libteller.a
	$(call run,LD,$@,$(link) $(CORE_LIBS) $(UI_LIBS))

# No curses and no readline here: what is in the library works, and is tested, without a terminal.
$(BUILD)/libteller.a: $(CORE_OBJ)
	$(call run,AR,$@,rm -f $@ && $(AR) rcs $@ $^)

$(BUILD)/ui/%.o $(BUILD)/tests/ui/%.o: FLAGS = $(UI_CFLAGS)
$(BUILD)/%.o: %.c | $(LACKING)
	@mkdir -p $(@D)
	$(call run,CC,$<,$(compile))

libraries:
	@echo 'some libraries are missing: .ci/deps installs or lists them' >&2; exit 1

# assets/NAME.EXT becomes the string asset_NAME_EXT, and the lessons and programs are lists of strings (include/base/asset.h).
$(BUILD)/assets.c: $(ASSETS) $(LESSONS) $(MATRIX) $(EXERCISES) $(PROGRAMS) Makefile
	@mkdir -p $(@D)
	$(quietly)$(call announce,GEN,$@) { echo '#include "base/asset.h"'; for f in $(ASSETS) $(LESSONS) $(PROGRAMS); do \
	  printf 'const char asset_%s[] =\n' "$$(basename $$f | tr '.-' '__')"; \
	  sed 's/\\/\\\\/g; s/"/\\"/g; s/^/\t"/; s/$$/\\n"/' $$f; echo '	;'; done; \
	  echo 'const struct asset_lesson asset_lessons[] = {'; for f in $(LESSONS); do \
	  n=$$(basename $$f .spec); printf '\t{"%s", asset_%s_spec},\n' $$n "$$(echo $$n | tr '-' '_')"; done; \
	  echo '	{0}};'; echo 'const struct asset_lesson asset_matrix[] = {'; for f in $(MATRIX); do \
	  printf '\t{"%s",\n' "$$(basename $$f .spec)"; \
	  sed 's/\\/\\\\/g; s/"/\\"/g; s/^/\t"/; s/$$/\\n"/' $$f; echo '	},'; done; \
	  echo '	{0}};'; echo 'const struct asset_lesson asset_exercises[] = {'; for f in $(EXERCISES); do \
	  printf '\t{"%s",\n' "$$(basename $$f .spec)"; \
	  sed 's/\\/\\\\/g; s/"/\\"/g; s/^/\t"/; s/$$/\\n"/' $$f; echo '	},'; done; \
	  echo '	{0}};'; echo 'const struct asset_program asset_programs[] = {'; for f in $(PROGRAMS); do \
	  n=$$(basename $$f); printf '\t{"%s", "%s", asset_%s},\n' "$${n%.*}" "$${n##*.}" "$$(echo $$n | tr '.-' '__')"; done; \
	  echo '	{0}};'; } > $@

$(BUILD)/assets.o: $(BUILD)/assets.c
	$(call run,CC,$<,$(compile))

# ---- tests: tests/*/NAME_test.c is a program, linked with what it needs of the other files in tests/*/ ----
# Those in tests/ui are linked with the objects of ui/.

$(BUILD)/tests/support.a: $(SUPPORT:%.c=$(BUILD)/%.o)
	$(call run,AR,$@,rm -f $@ && $(AR) rcs $@ $^)

$(BUILD)/tests/trace/% $(BUILD)/tests/screen/% $(BUILD)/tests/attack/% $(BUILD)/tests/pool/% $(BUILD)/tests/picture/% $(BUILD)/tests/cockroach/%: TEST_LIBS += $(TERM_LIBS)
$(BUILD)/tests/%_test: $(BUILD)/tests/%_test.o $(BUILD)/tests/support.a $(BUILD)/libteller.a
	$(call run,LD,$@,$(link) $(TEST_LIBS) $(CORE_LIBS))

$(BUILD)/tests/ui/%_test: $(BUILD)/tests/ui/%_test.o $(UI_OBJ) $(BUILD)/tests/support.a $(BUILD)/libteller.a
	$(call run,LD,$@,$(link) $(TEST_LIBS) $(CORE_LIBS) $(UI_LIBS))

# ONLY="screen text" runs the programs whose path contains one of the words.
test: all tests
	@tests/run $(BUILD) $(ONLY)

# Engine, bank, lessons and verbs on the server that URL names, in a throw-away database of their own there; what is skipped is named at the end.
test-cockroach: all $(filter $(BUILD)/tests/cluster/%,$(TESTS))
	@[ -n "$(URL)" ] || { echo "usage: make test-cockroach URL=cockroachdb://root@HOST:26257/defaultdb?sslmode=..." >&2; exit 1; }
	@TELLER_TEST_URL='$(URL)' tests/run $(BUILD) tests/cluster

# Engine, bank, verbs and lessons on each of these major versions of PostgreSQL, fetched by npm; `debian` is the one that is installed.
SERVERS ?= 13 14 debian 16 17 18
test-servers: all tests
	@TELLER_SERVERS_ONLY='$(ONLY)' tests/servers/run $(BUILD) $(SERVERS)

# Every lesson in both ways at each of MS milliseconds each way, and all of them by two and by eight players at once.
MS ?= 0 20 50 100 0 20 50 100 0 20 50 100
test-distance: all $(BUILD)/tests/lesson/distance_test
	@TELLER_DISTANCES='$(MS)' TEST_LIMIT=7200 tests/run $(BUILD) lesson/distance

# Under each way of writing load, processes of the server are killed once a second for S seconds; then restarts and pauses.
storm: all $(BUILD)/tests/load/storm_test
	@TELLER_ATTACK_S='$(or $S,20)' TEST_LIMIT=86400 tests/run $(BUILD) load/storm

$(BENCH): $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/bench/*.c)) $(BUILD)/tests/support.a $(BUILD)/libteller.a
	$(call run,LD,$@,$(link) $(TEST_LIBS) $(TERM_LIBS) $(CORE_LIBS))

$(PICTURE): $(BUILD)/tests/picture/picture.o $(BUILD)/tests/support.a $(BUILD)/libteller.a
	$(call run,LD,$@,$(link) $(TEST_LIBS) $(CORE_LIBS))

# The tests' own program of that name, for what starts one.
$(CRDB): $(CRDB_SRC:%.c=$(BUILD)/%.o) $(BUILD)/tests/support.a $(BUILD)/libteller.a
	$(call run,LD,$@,$(link) $(TEST_LIBS) $(CORE_LIBS) -lssl -lcrypto)

# Takes the picture of the README anew, assets/screen.svg.
picture: all $(PICTURE)
	@tests/picture/run $(BUILD)

# Makes the pictures that are exports of a kept trace, assets/rival.svg and the example of the manual; tests/picture/record records it anew.
pictures: all
	@tests/lint/pictures $(BUILD) write
	@tests/lint/manual $(BUILD) write

# ONLY="trips rate load keys start moves create browse trace" takes those measures.
bench: all $(BENCH)
	@tests/bench/run $(BUILD) $(ONLY)

# The sanitizers move code around, and gcc then warns of formats that no call has.
test-asan:
	@$(MAKE) test BUILD=$(BUILD)-asan ONLY='$(ONLY)' CFLAGS='-O1 -g -fno-omit-frame-pointer -Wno-format-truncation' \
	  SANITIZE='-fsanitize=address,undefined -fno-sanitize-recover=all'

# Attacks on the real program under the sanitizers: random faults for S seconds, N sessions with mutated answers, N of random keys. Each
# prints its SEED, which repeats it. `make test` has a short run of each.
attack = @TELLER_SEED='$(SEED)' TELLER_ATTACK_S='$(or $S,1800)' TELLER_ATTACK_N='$(or $N,$2)' TEST_LIMIT=86400 \
	$(MAKE) attack-$1 BUILD=$(BUILD)-asan CFLAGS='-O1 -g -fno-omit-frame-pointer -Wno-format-truncation' \
	SANITIZE='-fsanitize=address,undefined -fno-sanitize-recover=all'
soak:
	$(call attack,soak,)
fuzz-wire:
	$(call attack,wire,20000)
fuzz-keys:
	$(call attack,keys,1000)
attack-%: all $(BUILD)/tests/attack/%_test
	@tests/run $(BUILD) tests/attack/$*

# tests/fuzz/NAME.c is a fuzzer (clang's libFuzzer); FUZZ_S seconds for each.
FUZZERS := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/fuzz/*.c))
FUZZ_UI := $(patsubst %,$(BUILD)/ui/%.o,keys keyname sequence)
fuzzers: $(FUZZERS)

$(FUZZERS): $(BUILD)/tests/fuzz/%: $(BUILD)/tests/fuzz/%.o $(FUZZ_UI) $(BUILD)/libteller.a
	$(call run,LD,$@,$(link) -fsanitize=fuzzer $(CORE_LIBS))

fuzz:
	@$(MAKE) fuzzers BUILD=$(BUILD)-fuzz CC=clang CFLAGS='-O1 -g -fno-omit-frame-pointer' \
	  SANITIZE='-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all'
	@tests/fuzz/run $(BUILD)-fuzz $(FUZZ_S)

# "+" lends the checks' own makes this make's jobs; it would run them under make -n, too.
lint:
	$(if $(findstring n,$(SHORT_OPTIONS)),,+)@tests/lint/run $(BUILD)

# Writes the lines of src/MAP.md, ui/MAP.md and tests/MAP.md anew.
map:
	@tests/lint/map write

# Writes the tables of the manual pages anew.
man: all
	@tests/lint/manual $(BUILD) write

format:
	clang-format -i $$(find src include ui tests -name '*.[ch]')

demo: all
	@$(BUILD)/teller --no-config demo

# teller writes the completions itself. A build for another machine does not run here: COMPLETIONS is then a directory where `make
# completions` of a build for this one has put them, or no.
COMPLETIONS ?= $(BUILD)/completions
SHELLS      := bash zsh fish
completions: $(SHELLS:%=$(BUILD)/completions/teller.%)

$(BUILD)/completions/teller.%: $(BUILD)/teller
	@mkdir -p $(@D)
	$(quietly)$(call announce,GEN,$@) $(BUILD)/teller completion $* >$@.new && mv $@.new $@ || { rm -f $@.new; \
	  echo "$(BUILD)/teller does not run here; COMPLETIONS=no leaves the completions out, COMPLETIONS=DIR takes them from there" >&2; exit 1; }

# $(call put,MODE,FILE,PLACE) installs a file below PREFIX.
put = $(call run,INSTALL,$(PREFIX)/$3,install -D -m $1 $2 $(DESTDIR)$(PREFIX)/$3)
define newline


endef
PUT_COMPLETIONS := bash-completion/completions/teller:bash zsh/site-functions/_teller:zsh fish/vendor_completions.d/teller.fish:fish

install: all $(if $(filter $(BUILD)/completions,$(COMPLETIONS)),completions)
	$(call put,755,$(BUILD)/teller,bin/teller)
	$(call put,644,assets/teller.1,share/man/man1/teller.1)
	$(call put,644,assets/teller-lesson.5,share/man/man5/teller-lesson.5)
	$(call put,644,assets/COPYING,share/doc/teller/COPYING)
ifeq ($(COMPLETIONS),no)
	@echo 'no completions are installed: COMPLETIONS=no'
else
	$(foreach c,$(PUT_COMPLETIONS),$(call put,644,$(COMPLETIONS)/teller.$(lastword $(subst :, ,$c)),share/$(firstword $(subst :, ,$c)))$(newline))
endif

# ---- packages: a tarball of the sources, and Debian's package ----

dist:
	@.ci/dist $(BUILD) $(VERSION)

deb:
	@.ci/dist $(BUILD) $(VERSION) deb

# Builds tarball and package twice and compares them, asks lintian, installs into a bare Debian, runs teller there and removes it.
test-package:
	@tests/package/run $(VERSION) $(ONLY)

# The builds that this file, and the checks, make beside the first; other directories may have such names.
clean:
	rm -rf $(BUILD) $(BUILD)-asan $(BUILD)-fuzz $(BUILD)-gcc $(BUILD)-clang

.PHONY: all tests test test-asan test-cockroach test-distance test-servers fuzz fuzzers bench lint map man picture pictures soak storm fuzz-wire fuzz-keys format demo completions install dist deb test-package clean libraries
.SECONDARY:

-include $(shell find $(BUILD) -path $(BUILD)/deb -prune -o -type f -name '*.d' -print 2>/dev/null)

endif
