# SPDX-License-Identifier: BSD-2-Clause
# contrib.mk -- what surrounds the server; a part of the Makefile.

# The client library: its own code and the codec, of which others see nothing.
INC_contrib = -Icontrib/client -Icontrib/bench -Iproto9p -fvisibility=hidden \
	-DETFSD_VERSION='"$(VERSION)"'
CLIENT := $(wildcard contrib/client/*.c) $(wildcard proto9p/*.c)
CLIENT_OBJ := $(CLIENT:%.c=$(BUILD)/%.o)
CLIENT_PIC := $(CLIENT:%.c=$(BUILD)/pic/%.o)
CLIENT_A = $(BUILD)/libetfsc.a
CLIENT_SO = $(BUILD)/libetfsc.so
SOVERSION = 0
CONTRIB_SRC := $(wildcard contrib/*/*.c)

contrib: $(CLIENT_A) $(CLIENT_SO) $(BUILD)/etfs $(BUILD)/mount.etfs

$(CLIENT_A): $(CLIENT_OBJ)
	@rm -f $@ && ar rcs $@ $^

$(BUILD)/pic/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC $@"
	@$(CC) $(STD) $(WARN) $(CFLAGS) -fPIC $(INC_contrib) -MMD -MP -c -o $@ $<

$(CLIENT_SO): $(CLIENT_PIC)
	$(LINK).$(VERSION) -shared -Wl,-soname,libetfsc.so.$(SOVERSION) $^
	@ln -sf libetfsc.so.$(VERSION) $@.$(SOVERSION)
	@ln -sf libetfsc.so.$(SOVERSION) $@

# The mount helper, which needs nothing installed but itself.
MOUNT := $(wildcard contrib/mount/*.c)
$(BUILD)/mount.etfs: $(MOUNT:%.c=$(BUILD)/%.o) $(CLIENT_A)
	$(LINK) $^

# Servers to compare ours with, a relay, and such; they are not installed.
BENCH_ALONE = echo plain relay dents
BENCH := $(filter-out $(BENCH_ALONE:%=contrib/bench/%.c) contrib/bench/serve.c,\
	$(wildcard contrib/bench/*.c))
yardsticks: $(BENCH_ALONE:%=$(BUILD)/bench-%)
$(BENCH_ALONE:%=$(BUILD)/bench-%): $(BUILD)/bench-%: $(BUILD)/contrib/bench/%.o \
    $(BUILD)/contrib/bench/serve.o $(BUILD)/contrib/bench/pattern.o $(P9OBJ)
	$(LINK) $^

# The etfs command, of which the load generator is one.
CLI := $(wildcard contrib/cli/*.c) $(BENCH)
$(BUILD)/etfs: $(CLI:%.c=$(BUILD)/%.o) $(CLIENT_A)
	$(LINK) $^ -ledit

BASH_COMPLETION = share/bash-completion/completions/etfs
ZSH_COMPLETION = share/zsh/site-functions/_etfs
FISH_COMPLETION = share/fish/vendor_completions.d/etfs.fish

# What a program sees of the library is what its header says.
layers: client-symbols
client-symbols: $(CLIENT_SO)
	@! nm -D --defined-only $< | awk '{ print $$3 }' | grep -v '^etfsc_'

install-contrib: contrib
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/include contrib/client/etfsc.h
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/lib $(CLIENT_A)
	install -D -m 755 -t $(DESTDIR)$(PREFIX)/lib $(CLIENT_SO).$(VERSION)
	cp -P $(CLIENT_SO) $(CLIENT_SO).$(SOVERSION) $(DESTDIR)$(PREFIX)/lib
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' \
	    contrib/client/etfsc.pc.in | install -D -m 644 /dev/stdin \
	    $(DESTDIR)$(PREFIX)/lib/pkgconfig/etfsc.pc
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man3 \
	    contrib/client/etfsc.3
	install -D -m 755 -t $(DESTDIR)$(PREFIX)/sbin $(BUILD)/mount.etfs
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man8 \
	    contrib/mount/mount.etfs.8
	install -D -m 755 -t $(DESTDIR)$(PREFIX)/bin $(BUILD)/etfs
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man1 \
	    contrib/cli/etfs.1
	install -D -m 644 contrib/cli/completion/etfs.bash \
	    $(DESTDIR)$(PREFIX)/$(BASH_COMPLETION)
	install -D -m 644 contrib/cli/completion/_etfs \
	    $(DESTDIR)$(PREFIX)/$(ZSH_COMPLETION)
	install -D -m 644 contrib/cli/completion/etfs.fish \
	    $(DESTDIR)$(PREFIX)/$(FISH_COMPLETION)

uninstall-contrib:
	rm -f $(DESTDIR)$(PREFIX)/include/etfsc.h \
	    $(DESTDIR)$(PREFIX)/lib/libetfsc.* \
	    $(DESTDIR)$(PREFIX)/lib/pkgconfig/etfsc.pc \
	    $(DESTDIR)$(PREFIX)/share/man/man3/etfsc.3 \
	    $(DESTDIR)$(PREFIX)/sbin/mount.etfs \
	    $(DESTDIR)$(PREFIX)/share/man/man8/mount.etfs.8 \
	    $(DESTDIR)$(PREFIX)/bin/etfs \
	    $(DESTDIR)$(PREFIX)/share/man/man1/etfs.1 \
	    $(DESTDIR)$(PREFIX)/$(BASH_COMPLETION) \
	    $(DESTDIR)$(PREFIX)/$(ZSH_COMPLETION) \
	    $(DESTDIR)$(PREFIX)/$(FISH_COMPLETION)

.PHONY: contrib yardsticks client-symbols install-contrib uninstall-contrib
