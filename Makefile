# SPDX-License-Identifier: BSD-2-Clause
# etfsd -- "make help" tells what there is to make.

BUILD ?= build
CFLAGS ?= -O2 -g
PREFIX ?= /usr/local
STD = -std=c17 -D_GNU_SOURCE
WARN = -Wall -Wextra -Wshadow -Wconversion -Werror
LIBS = -luv -lpthread
VERSION = 0.1.0

# A layer sees the headers of the layers it may use, and no others.
INC_proto9p = -Iproto9p
INC_vfs	    = -Ivfs
INC_server  = -Iserver -Ivfs -Iproto9p -DETFSD_VERSION='"$(VERSION)"'
INC_unit    = -Itests/unit $(INC_server)
INC_wire    = -Itests/wire -Iproto9p
INC_client  = -Itests/client -Itests/wire -Icontrib/client -Iproto9p
INC_cli	    = -Itests/cli -Icontrib/bench $(INC_client)
INC_model   = -Itests/model -Icontrib/client
INC_crash   = -Itests/crash -Icontrib/client
INC_fuzz    = -Itests/fuzz -Iproto9p
INC_posix   = -Itests/posix
layer = $(or $(filter-out tests,$(word 1,$(1))),$(word 2,$(1)))

SRC := $(wildcard proto9p/*.c vfs/*.c server/*.c)
OBJ := $(SRC:%.c=$(BUILD)/%.o)
P9OBJ := $(filter $(BUILD)/proto9p/%,$(OBJ))
LIBOBJ := $(filter-out $(BUILD)/server/main.o,$(OBJ))
# A test is a program of its own; what is no test is shared by its folder.
tests = $(patsubst %.c,$(BUILD)/%,$(wildcard tests/$(1)/test_*.c))
shared = $(patsubst %.c,$(BUILD)/%.o,$(filter-out $(wildcard \
	tests/$(1)/test_*.c),$(wildcard tests/$(1)/*.c)))

LINK = @echo "  LD $@" && $(CC) $(CFLAGS) $(LDFLAGS) -o $@

all: $(BUILD)/etfsd contrib

# With gcc the server is optimised as a whole: calls between its files are a
# seventh of what a small request costs.  Its tests, and what is sanitized, are
# made of the same files one by one.
ifneq ($(findstring sanitize,$(CFLAGS)),)
WHOLE =
else
WHOLE := $(shell $(CC) --version | grep -q 'Free Software' && echo -flto=auto)
endif
ifeq ($(WHOLE),)
$(BUILD)/etfsd: $(BUILD)/server/main.o $(BUILD)/etfsd.a
else
$(BUILD)/etfsd: $(SRC:%.c=$(BUILD)/whole/%.o)
endif
	$(LINK) $(WHOLE) $^ $(LIBS)

$(BUILD)/etfsd.a: $(LIBOBJ)
	@rm -f $@ && ar rcs $@ $^

COMPILE = @mkdir -p $(@D) && echo "  CC $@" && $(CC) $(STD) $(WARN) $(CFLAGS) \
	$(INC_$(call layer,$(subst /, ,$*))) -MMD -MP -c -o $@ $<

$(BUILD)/%.o: %.c
	$(COMPILE)

$(BUILD)/whole/%.o: %.c
	$(COMPILE) $(WHOLE)

$(call tests,unit): %: %.o $(call shared,unit) $(BUILD)/etfsd.a
	$(LINK) $^ $(LIBS) -lcmocka

$(call tests,wire): %: %.o $(call shared,wire) $(P9OBJ)
	$(LINK) $^ -lpthread -lcmocka

# Those of the client library have the server and files of the wire tests.
$(call tests,client): %: %.o $(call shared,client) $(call shared,wire) \
    $(P9OBJ) $(BUILD)/libetfsc.a
	$(LINK) $^ -lpthread -lcmocka

# Those of the etfs command have what those of the library have.
$(call tests,cli): %: %.o $(call shared,cli) $(call shared,client) \
    $(call shared,wire) $(P9OBJ) $(BUILD)/libetfsc.a \
    $(BUILD)/contrib/bench/hist.o $(BUILD)/contrib/bench/pattern.o
	$(LINK) $^ -lpthread -lcmocka

# The model and its parties, and who works until the server is killed.
MODEL = $(BUILD)/tests/model/model
$(MODEL): $(call shared,model) $(BUILD)/libetfsc.a
	$(LINK) $^
CRASH = $(BUILD)/tests/crash/crash
$(CRASH): $(call shared,crash) $(BUILD)/libetfsc.a
	$(LINK) $^

.SECONDARY:
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

include contrib/contrib.mk
include tests/tests.mk

# What each needs from Debian, installed when it is missing.
BUILD_DEPS = gcc libc6-dev libuv1-dev uthash-dev libedit-dev
CHECK_DEPS = $(BUILD_DEPS) libcmocka-dev libfuse3-dev \
	clang libclang-rt-dev qemu-system-x86 busybox-static cpio kmod \
	libnss-wrapper squashfs-tools xz-utils zstd fdisk parted diod \
	ca-certificates e2fsprogs
BENCH_DEPS = $(BUILD_DEPS) diod gnuplot-nox
PROFILE_DEPS = $(BUILD_DEPS) strace valgrind
LINT_DEPS = $(CHECK_DEPS) clang-format clang-tidy shellcheck mandoc
deps: deps-LINT
deps-%:
	@tests/deps $($*_DEPS)

run: deps-BUILD
	@$(MAKE) --no-print-directory all
	$(BUILD)/etfsd -l tcp:127.0.0.1:5640,trust=any -e /src=.,ro

install: all install-contrib
	install -D -m 755 $(BUILD)/etfsd $(DESTDIR)$(PREFIX)/sbin/etfsd
	install -D -m 644 server/etfsd.8 \
	    $(DESTDIR)$(PREFIX)/share/man/man8/etfsd.8

uninstall: uninstall-contrib
	rm -f $(DESTDIR)$(PREFIX)/sbin/etfsd \
	    $(DESTDIR)$(PREFIX)/share/man/man8/etfsd.8

clean:
	rm -rf build

help:
	@sed -n 's/^# help: //p' Makefile tests/tests.mk

# help: all           build/etfsd, and what is in contrib/ (the default)
# help: run           build and serve: memory at /, this directory at /src
# help: deps          install what any of these needs, from Debian's packages
# help: install       to PREFIX (/usr/local), below DESTDIR; and uninstall
# help: clean         remove build/
# help: help          this

.PHONY: all deps run install uninstall clean help
