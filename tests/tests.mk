# SPDX-License-Identifier: BSD-2-Clause
# tests.mk -- the targets that check; a part of the Makefile.

ASAN = -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all
TSAN = -O1 -g -fsanitize=thread

# help: check         what CI runs: tests on the host, short fuzzing, guests
# help: check-host    the part of it that needs no guest
# help: check-unit    tests of the code, with ASan and UBSan
# help: check-wire    tests that talk to a running server
# help: check-client  the client library, mount.etfs and diod with servers
# help: check-cli     tests of the etfs command with a running server
# help: check-posix   our POSIX suite on a tmpfs and an ext4, its reference
# help: check-model   random histories of operations against a model of files
# help: check-crash   what is left of its work when the server is killed
# help: check-fuzz    codec, session, partitions against libFuzzer, a minute each
# help: check-guest   tests in guests whose Linux kernel has mounted us: every
# help:               suite on every tree, cache and access modes in turn
# help: check-modes   the same with every mode on every tree
# help: check-kernels check-guest with every kernel we know (6.1, 6.12, 7.2)
# help: check-matrix  the POSIX suite on every tree, in every mode, with every
# help:               kernel
# help: conformance   check-matrix, and contrib/doc/CONFORMANCE.md from it
# help: check-long    check-modes with large counts and a kernel's source, long
# help:               histories, many crashes, and long fuzzing
# help: asan          unit, wire, client and cli tests with ASan and UBSan
# help: tsan          unit and wire tests with TSan
# help: bench         how fast etfsd is beside other servers, and what is to be
# help:               reached; ten minutes, or BENCH_ROWS="getattr stat"
# help:               BENCH_SECONDS=0.2 BENCH_ROUNDS=3; never a part of check
# help: bench-doc     its table and plots to contrib/doc
# help: profile       system calls, allocations and instructions of a request
# help: lint          format, clang-tidy, clang's warnings, shell, manual page
# help: format        clang-format in place

# Guests have one processor each, and tests on the host wait a lot.
check: deps-CHECK
	@$(call in,build,) all posix-build
	@MAKE="$(MAKE)" setpriv --pdeathsig TERM tests/beside check-host \
	    check-guest
	@echo "make check: all passed"

check-host: deps-CHECK
	@$(call in,build,) all wire-build client-build cli-build posix-build \
	    model-build
	@$(call one,build,) layers run-embed run-wire run-client run-cli \
	    run-posix run-model run-crash
	@$(MAKE) --no-print-directory asan tsan
	@$(MAKE) --no-print-directory FUZZ_SECONDS=15 check-fuzz

check-unit: deps-CHECK
	@$(call in,build/asan,$(ASAN)) tests-build
	@$(call one,build/asan,$(ASAN)) run-unit

check-wire: deps-CHECK
	@$(call in,build,) all wire-build
	@$(call one,build,) run-wire

check-client: deps-CHECK
	@$(call in,build,) all client-build
	@$(call one,build,) run-client

check-cli: deps-CHECK
	@$(call in,build,) all cli-build
	@$(call one,build,) run-cli

check-posix: deps-CHECK
	@$(call in,build,) posix-build
	@$(call one,build,) run-posix

check-model: deps-CHECK
	@$(call in,build,) all model-build
	@$(call one,build,) run-model
	@$(call in,build/asan,$(ASAN)) all model-build
	@$(call one,build/asan,$(ASAN)) run-model

check-crash: deps-CHECK
	@$(call in,build,) all model-build
	@$(call one,build,) run-crash

# Sanitized servers have two loops: what they share is what breaks.
asan: deps-CHECK
	@$(call in,build/asan,$(ASAN)) all tests-build
	@WIRE_LOOPS=2 $(call one,build/asan,$(ASAN)) run-unit run-wire \
	    run-client run-cli run-model

# Workers do as much as there is for them to do, here.
#
# Where there is but one thread, there are no races; the slow ones of those
# programs would take most of the time, and clients have no threads at all.
ONE_THREAD = etfs_part_gpt etfs_part_random idmap memfs_dir memfs_memory tx_slow
tsan: deps-CHECK
	@$(call in,build/tsan,$(TSAN)) build/tsan/etfsd unit-build wire-build
	@TEST_CAREFUL=1 WIRE_LOOPS=2 $(call one,build/tsan,$(TSAN)) \
	    UNIT_OMIT="$(ONE_THREAD)" run-unit run-wire

# Build in a folder with flags, on all processors; or run there, in order.
one = $(MAKE) --no-print-directory BUILD=$(1) $(if $(2),CFLAGS="$(2)")
in = $(one) -j$$(nproc)

# All of them, and then the verdict.
run-unit: $(call tests,unit)
	@tests/each $(filter-out $(UNIT_OMIT:%=$(BUILD)/tests/unit/test_%),$^)
	@TEST_KEEP=1 tests/each $(KEPT:%=$(BUILD)/tests/unit/test_%)

# What walks, once more with names that are kept: as the server keeps them.
KEPT = etfs_attr etfs_cred etfs_dir etfs_faults etfs_file etfs_flat \
    etfs_name etfs_squash etfs_threads etfs_walk fs_alike_attr \
    fs_alike_names fs_alike_open fs_alike_rules vfs_mount vfs_mount_inside \
    vfs_mount_point vfs_walk

# A file system for tests, which waits and fails as it is told: a program of
# its own, never sanitized.
HELDFS = $(BUILD)/tests/host/heldfs
$(HELDFS): $(wildcard tests/host/*.c) $(wildcard tests/host/*.h)
	@mkdir -p $(@D) && echo "  CC $@"
	@$(CC) $(STD) $(WARN) -O1 -g -I/usr/include/fuse3 -o $@ \
	    $(filter %.c,$^) -lfuse3 -lpthread

run-wire: $(BUILD)/etfsd $(call tests,wire) $(HELDFS)
	@ETFSD=$(BUILD)/etfsd HELDFS=$(HELDFS) tests/each $(call tests,wire)

run-client: $(BUILD)/etfsd $(call tests,client) $(BUILD)/example \
    $(BUILD)/mount.etfs
	@ETFSD=$(BUILD)/etfsd EXAMPLE=$(BUILD)/example \
	    MOUNT_ETFS=$(BUILD)/mount.etfs tests/each $(call tests,client)

run-cli: $(BUILD)/etfsd $(BUILD)/etfs $(call tests,cli) yardsticks
	@ETFSD=$(BUILD)/etfsd ETFS=$(BUILD)/etfs BENCH_BUILD=$(BUILD) \
	    tests/each $(call tests,cli)

# One static program, for the host and for guests.  Its cmocka is made of
# Debian's source, once; where that is not to be had it is the shared library
# after all, by a linker script, and guests get what the program needs.
CMOCKA_A = build/cmocka.a
$(CMOCKA_A):
	@mkdir -p $(@D) && echo "  CMOCKA $@"
	@tests/posix/cmocka.sh $@ 2>$@.log || \
	    { cat $@.log; echo "INPUT(-lcmocka)" >$@; }
$(BUILD)/posix-check: $(call shared,posix) $(CMOCKA_A)
	$(LINK) $$(grep -q "^INPUT" $(CMOCKA_A) || echo -static) $^

run-posix: $(BUILD)/posix-check
	@BUILD=$(BUILD) tests/posix/run $<

# MODEL_STEPS: histories on each tree, and steps of each.
MODEL_STEPS = 2 2500
run-model: $(BUILD)/etfsd $(MODEL)
	@ETFSD=$(BUILD)/etfsd MODEL=$(MODEL) tests/model/check $(MODEL_STEPS)

CRASH_ROUNDS = 5
run-crash: $(BUILD)/etfsd $(CRASH)
	@ETFSD=$(BUILD)/etfsd $(CRASH) $(CRASH_ROUNDS)

# What README.md says of proto9p and vfs in another program.
run-embed:
	@tests/embed $(BUILD)

# The program that README.md shows, against the shared library.
$(BUILD)/example: README.md $(CLIENT_SO)
	@awk '/^```$$/ { p = 0 } p; /^```c$$/ { p = 1 }' $< >$@.c
	@$(CC) $(STD) $(WARN) $(CFLAGS) -Icontrib/client -o $@ $@.c \
	    -L$(BUILD) -letfsc -Wl,-rpath,$(abspath $(BUILD))

# proto9p neither does I/O nor allocates; this is all it may call.
layers: $(P9OBJ)
	@! nm -u $(P9OBJ) | awk '/ U /{ print $$2 }' | grep -vE \
	    '^(p9_.*|mem(chr|cmp|cpy|move|set)|strlen|v?snprintf|__stack_chk_fail)$$'

# libFuzzer is clang's.  The codec is fed frames, a session conversations, and
# the reader of partition tables disks.
FUZZ_SECONDS = 60
FUZZ = build/fuzz
FUZZ_INC = -Itests/fuzz -Itests/unit $(INC_server)
FUZZER = clang $(STD) $(WARN) -O1 -g -fno-sanitize-recover=all \
	-fsanitize=fuzzer,address,undefined $(FUZZ_INC)
FUZZ_RUN = -max_len=4096 -close_fd_mask=1 -verbosity=0 -print_final_stats=1 \
	-max_total_time=$(FUZZ_SECONDS) -artifact_prefix=$(FUZZ)/
FUZZ_SESSION := $(filter-out %/fuzz_p9.c %/fuzz_part.c, \
	$(wildcard tests/fuzz/fuzz_*.c)) \
	$(wildcard tests/unit/slowfs*.c) $(filter-out server/main.c,$(SRC))
FUZZ_DEPS := $(wildcard proto9p/* vfs/*.h server/*.h tests/fuzz/*.h)

check-fuzz: deps-CHECK
	@$(MAKE) --no-print-directory -j$$(nproc) $(FUZZ)/fuzz_p9 \
	    $(FUZZ)/fuzz_session $(FUZZ)/fuzz_part $(FUZZ)/p9.dict \
	    $(FUZZ)/p9.seeds $(FUZZ)/session.seeds
	@mkdir -p $(FUZZ)/p9.corpus $(FUZZ)/session.corpus $(FUZZ)/part.corpus
	$(FUZZ)/fuzz_p9 -dict=$(FUZZ)/p9.dict $(FUZZ_RUN) \
	    $(FUZZ)/p9.corpus $(FUZZ)/p9.seeds
	$(FUZZ)/fuzz_session -dict=$(FUZZ)/p9.dict $(FUZZ_RUN) \
	    $(FUZZ)/session.corpus $(FUZZ)/session.seeds
	$(FUZZ)/fuzz_part $(FUZZ_RUN) $(FUZZ)/part.corpus

$(FUZZ)/fuzz_p9: tests/fuzz/fuzz_p9.c $(wildcard proto9p/*.c) | $(FUZZ_DEPS)
	@mkdir -p $(@D) && echo "  CC $@"
	@$(FUZZER) -o $@ $(filter %.c,$^)
$(FUZZ)/fuzz_session: $(FUZZ_SESSION) $(FUZZ_DEPS)
	@mkdir -p $(@D) && echo "  CC $@"
	@$(FUZZER) -o $@ $(filter %.c,$^) $(LIBS)
$(FUZZ)/fuzz_part: tests/fuzz/fuzz_part.c $(wildcard vfs/etfs_part*.c) \
    vfs/vfs_number.c | $(FUZZ_DEPS)
	@mkdir -p $(@D) && echo "  CC $@"
	@$(FUZZER) -o $@ $(filter %.c,$^)
FUZZ_TOOL = @mkdir -p $(@D) && echo "  CC $@" && \
	$(CC) $(STD) $(WARN) $(CFLAGS) $(FUZZ_INC) -o $@ $(filter %.c,$^)
$(FUZZ)/p9dict $(FUZZ)/mkcorpus: $(FUZZ)/%: tests/fuzz/%.c $(wildcard proto9p/*)
	$(FUZZ_TOOL)
$(FUZZ)/mksessions: tests/fuzz/mksessions.c tests/fuzz/fuzz_talk.c \
    $(wildcard proto9p/*) tests/fuzz/fuzz_talk.h
	$(FUZZ_TOOL)
$(FUZZ)/p9.dict: $(FUZZ)/p9dict
	@$< >$@
$(FUZZ)/p9.seeds: $(FUZZ)/mkcorpus tests/unit/vectors/9p2000L.tsv
	@mkdir -p $@ && $< $@ <tests/unit/vectors/9p2000L.tsv
$(FUZZ)/session.seeds: $(FUZZ)/mksessions
	@mkdir -p $@ && $< $@ 200

check-guest: deps-CHECK all posix-build
	tests/guest/run
	tests/guest/mapped
	tests/guest/mount

check-modes: deps-CHECK all posix-build
	tests/guest/run --modes

check-kernels: deps-CHECK all posix-build
	tests/guest/run -k 6.1
	tests/guest/run -k 6.12
	tests/guest/run -k 7.2

# What is seen on the way is the conformance page.
MATRIX = build/matrix
check-matrix: deps-CHECK all posix-build
	@rm -rf $(MATRIX) && mkdir -p $(MATRIX)
	@$(MAKE) --no-print-directory run-posix >$(MATRIX)/reference.log || \
	    { cat $(MATRIX)/reference.log; exit 1; }
	tests/posix/matrix $(MATRIX)

conformance: check-matrix
	@mkdir -p contrib/doc
	tests/posix/page $(MATRIX)/*.log >contrib/doc/CONFORMANCE.md

check-long: deps-CHECK all posix-build
	tests/guest/run --long --modes
	@$(call in,build,) cli-build
	@CLI_FILES=20000 $(call one,build,) run-cli
	@$(call one,build,) MODEL_STEPS="140 10000 1000 memfs etfs" \
	    CRASH_ROUNDS=200 run-model run-crash
	@$(MAKE) --no-print-directory FUZZ_SECONDS=600 check-fuzz

# Not a part of check: what is measured is this machine, too.
bench: deps-BENCH
	@$(call in,build,) all yardsticks
	tests/bench/run

profile: deps-PROFILE
	@$(call in,build,) all build/bench-counter.so
	tests/bench/profile

$(BUILD)/bench-counter.so: tests/bench/counter.c
	@echo "  CC $@"
	@$(CC) $(STD) $(WARN) -O2 -fPIC -shared -o $@ $<

bench-doc:
	@mkdir -p contrib/doc/bench
	rm -f contrib/doc/bench/*.svg
	sed 's|(\([a-z]*\.svg\))|(bench/\1)|' build/bench/BENCH.md \
	    >contrib/doc/BENCH.md
	cp build/bench/*.svg contrib/doc/bench

CHECKED_C = $(shell git ls-files '*.c' '*.h')
lint: deps-LINT
	@clang-format --dry-run -Werror $(CHECKED_C)
	@$(MAKE) --no-print-directory BUILD=build/clang CC=clang all \
	    tests-build posix-build
	tests/tidy $(SRC) $(CONTRIB_SRC) $$(git ls-files 'tests/*.c')
	shellcheck $$(git ls-files '*.sh' '*.bash') \
	    $$(git grep -lE '^#!/bin/(ba)?sh' -- tests .ci contrib)
	mandoc -Tlint -W warning $$(git ls-files '*.[0-9]')

wire-build: $(call tests,wire) $(HELDFS)
client-build: $(call tests,client) $(BUILD)/example
cli-build: $(call tests,cli) yardsticks
posix-build: $(BUILD)/posix-check
model-build: $(MODEL) $(CRASH)
unit-build: $(call tests,unit)
tests-build: unit-build wire-build client-build cli-build model-build

format:
	clang-format -i $(CHECKED_C)

.PHONY: check check-host check-unit check-wire check-client check-cli \
	check-posix check-model check-crash check-fuzz check-guest \
	check-modes check-kernels check-matrix conformance check-long asan \
	tsan run-unit run-embed run-wire run-client run-cli run-posix run-model \
	run-crash layers lint format wire-build client-build cli-build \
	posix-build model-build unit-build tests-build bench bench-doc profile
