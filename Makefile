# SPDX-License-Identifier: GPL-3.0-or-later
# Builds teller, its tests and its checks. `make demo` and `make test` install what is missing first.

VERSION := 0.1.0
CC      ?= cc
BUILD   ?= build
SANITIZE ?=

PACKAGES := libpq libuv ncursesw readline jansson uuid
CORE_PACKAGES := libpq libuv jansson uuid

WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wformat=2 -Wswitch-enum -Wmissing-prototypes -Wvla
CPPFLAGS += -D_GNU_SOURCE -DTELLER_VERSION='"$(VERSION)"' -Iinclude -I. $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
CFLAGS   ?= -O2 -g
CFLAGS   += -std=c11 $(WARNINGS) $(WERROR) $(SANITIZE) -MMD -MP
CORE_LIBS = $(shell pkg-config --libs $(CORE_PACKAGES) 2>/dev/null)
LIBS      = $(shell pkg-config --libs $(PACKAGES) 2>/dev/null)

CORE_SRC := $(filter-out src/main.c,$(wildcard src/*.c src/*/*.c))
UI_SRC   := $(wildcard ui/*.c)
ASSETS   := $(sort $(filter-out %.png,$(wildcard assets/*.*)))
CORE_OBJ := $(CORE_SRC:%.c=$(BUILD)/%.o) $(BUILD)/assets.o
UI_OBJ   := $(UI_SRC:%.c=$(BUILD)/%.o)

all: $(BUILD)/teller

$(BUILD)/teller: $(BUILD)/src/main.o $(UI_OBJ) $(BUILD)/libteller.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/libteller.a: $(CORE_OBJ)
	rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

# assets/NAME.EXT becomes the string asset_NAME_EXT (include/base/asset.h).
$(BUILD)/assets.c: $(ASSETS) Makefile
	@mkdir -p $(@D)
	@{ echo '#include "base/asset.h"'; for f in $(ASSETS); do \
	  printf 'const char asset_%s[] =\n' "$$(basename $$f | tr '.-' '__')"; \
	  sed 's/\\/\\\\/g; s/"/\\"/g; s/^/\t"/; s/$$/\\n"/' $$f; echo '	;'; done; } > $@

$(BUILD)/assets.o: $(BUILD)/assets.c
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

clean:
	rm -rf $(BUILD) build-*

.PHONY: all clean

-include $(CORE_OBJ:.o=.d) $(UI_OBJ:.o=.d) $(BUILD)/src/main.d
