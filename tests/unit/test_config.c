/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_config.c -- the command line: what it means, and what is refused.
 *
 * A command line here is one string of words with blanks between them; "%"
 * stands for a word that is empty, "_" in a word for a blank.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "config.h"
#include "options.h"
#include "parse.h"

#define WORDS_MAX 32

struct words {
	char *buf;
	int argc;
	char *argv[WORDS_MAX];
};

static void
split(const char *line, struct words *w)
{
	char *p, *save;

	w->argc = 0;
	assert_true(asprintf(&w->buf, "etfsd %s", line) > 0);
	for (p = strtok_r(w->buf, " ", &save); p != NULL;
	     p = strtok_r(NULL, " ", &save)) {
		assert_true(w->argc < WORDS_MAX - 1);
		w->argv[w->argc++] = p;
		if (strcmp(p, "%") == 0)
			*p = '\0';
		for (; *p != '\0'; p++)
			if (*p == '_')
				*p = ' ';
	}
	w->argv[w->argc] = NULL;
}

static int
parse_as(bool root, const char *line, struct config *cfg, struct failure *f)
{
	struct words w;
	int rc;

	split(line, &w);
	rc = config_parse(cfg, w.argc, w.argv, root, f);
	free(w.buf);
	return rc;
}

/* Root's command line, which has to be good. */
static void
parse(const char *line, struct config *cfg)
{
	struct failure f;

	if (parse_as(true, line, cfg, &f) != 0)
		fail_msg("%s: %s", line, f.text);
}

/* One line that names what is wrong, and a status of 2. */
static void
check_refusal(bool root, const char *line, const char *why)
{
	struct config cfg;
	struct failure f;

	if (parse_as(root, line, &cfg, &f) == 0)
		fail_msg("%s: is not refused", line);
	if (strstr(f.text, why) == NULL)
		fail_msg("%s: not '%s' but '%s'", line, why, f.text);
	assert_null(strchr(f.text, '\n'));
	assert_int_equal(f.status, EXIT_USAGE);
}

static void
an_empty_command_line_has_defaults(void **state)
{
	struct config cfg;

	(void)state;
	parse("", &cfg);
	assert_int_equal(cfg.naddresses, 0);
	assert_int_equal(cfg.nshares, 0);
	assert_int_equal(cfg.loops, 1);
	assert_int_equal(cfg.workers, 32);
	assert_int_equal(cfg.limits.msize, 1 << 20);
	assert_int_equal(cfg.limits.connections, 10000);
	assert_int_equal(cfg.limits.fids, 1 << 20);
	assert_int_equal(cfg.limits.requests, 1024);
	assert_int_equal(cfg.limits.queued, 4 << 20);
	assert_int_equal(cfg.limits.xattr_bytes, 4 << 20);
	assert_int_equal(cfg.limits.locks, 65536);
	assert_true(cfg.mem_bytes > 0);
	assert_true(cfg.mem_nodes > 0);
	assert_int_equal(cfg.identity.squash_uid, 65534);
	assert_int_equal(cfg.identity.squash_gid, 65534);
	assert_int_equal(cfg.log_level, LOG_INFO);
	assert_int_equal(cfg.spin, 100);
	assert_int_equal(cfg.parts, 3);
	assert_false(cfg.readonly || cfg.trace || cfg.careful || cfg.help ||
	    cfg.version);
	config_fini(&cfg);
}

static void
identity_depends_on_who_starts_the_server(void **state)
{
	struct config cfg;
	struct failure f;

	(void)state;
	parse("", &cfg);
	assert_int_equal(cfg.identity.mode, IDENTITY_CLIENT);
	config_fini(&cfg);
	assert_int_equal(parse_as(false, "", &cfg, &f), 0);
	assert_int_equal(cfg.identity.mode, IDENTITY_SELF);
	config_fini(&cfg);
	assert_int_equal(parse_as(false, "--identity self", &cfg, &f), 0);
	config_fini(&cfg);
	check_refusal(
	    false, "--identity client", "only root can act as others");
	check_refusal(
	    false, "--identity squash:1:1", "only root can act as others");
}

/* In memory, and where owners are kept beside files, nobody has to be root. */
static void
claims_need_no_root_where_the_host_does_not_hear_of_them(void **state)
{
	static const char *const good[] = {
		"-e /m=x,identity=mapped",
		"--identity client -e /m=x,identity=mapped",
		"--identity squash:0:0 -e /m=x,identity=mapped",
		"--identity client -e /m=x,identity=self",
	};
	static const char *const bad[] = {
		"--identity client -e /m=x,identity=mapped -e /o=y",
		"--identity client -e /m=x,identity=client",
		"--identity client x",
	};
	struct config cfg;
	struct failure f;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(parse_as(false, good[i], &cfg, &f), 0);
		config_fini(&cfg);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		check_refusal(false, bad[i], "only root can act as others");
}

/* Options of which the last one counts, and where they go. */
static void
numbers_go_where_they_belong(void **state)
{
	struct config cfg;

	(void)state;
	parse(
	    "--loops 2 --workers 3 --msize 4096 --max-connections 5 "
	    "--max-fids 6 --max-requests 7 --max-queued 8K --max-xattr 9 "
	    "--max-locks 10 --sendfile 13 --mem-bytes 11M --mem-nodes 0 --loops 12",
	    &cfg);
	assert_int_equal(cfg.loops, 12);
	assert_int_equal(cfg.workers, 3);
	assert_int_equal(cfg.limits.msize, 4096);
	assert_int_equal(cfg.limits.connections, 5);
	assert_int_equal(cfg.limits.fids, 6);
	assert_int_equal(cfg.limits.requests, 7);
	assert_int_equal(cfg.limits.queued, 8192);
	assert_int_equal(cfg.limits.xattr_bytes, 9);
	assert_int_equal(cfg.limits.locks, 10);
	assert_int_equal(cfg.limits.sendfile, 13);
	assert_int_equal(cfg.mem_bytes, 11 << 20);
	assert_int_equal(cfg.mem_nodes, 0);
	config_fini(&cfg);
}

static void
flags_are_set(void **state)
{
	struct config cfg;

	(void)state;
	parse("--spin 0 --parts 1", &cfg);
	assert_int_equal(cfg.spin, 0);
	assert_int_equal(cfg.parts, 1);
	config_fini(&cfg);
	parse("-r --trace --careful --log-level error", &cfg);
	assert_true(cfg.readonly && cfg.trace && cfg.careful);
	assert_int_equal(cfg.log_level, LOG_ERROR);
	config_fini(&cfg);
	parse("--read-only --log-level warn", &cfg);
	assert_true(cfg.readonly);
	assert_int_equal(cfg.log_level, LOG_WARN);
	config_fini(&cfg);
	parse("--log-level debug --trace", &cfg);
	assert_int_equal(cfg.log_level, LOG_DEBUG);
	config_fini(&cfg);
	parse("-h", &cfg);
	assert_true(cfg.help);
	config_fini(&cfg);
	parse("-V", &cfg);
	assert_true(cfg.version);
	config_fini(&cfg);
}

static void
identities_are_read(void **state)
{
	struct config cfg;

	(void)state;
	parse("--identity self", &cfg);
	assert_int_equal(cfg.identity.mode, IDENTITY_SELF);
	config_fini(&cfg);
	parse("--identity squash:1000:100", &cfg);
	assert_int_equal(cfg.identity.mode, IDENTITY_SQUASH);
	assert_int_equal(cfg.identity.squash_uid, 1000);
	assert_int_equal(cfg.identity.squash_gid, 100);
	config_fini(&cfg);
	parse("--identity squash", &cfg);
	assert_int_equal(cfg.identity.mode, IDENTITY_SQUASH);
	assert_int_equal(cfg.identity.squash_uid, 65534);
	config_fini(&cfg);
	parse("--identity client:99:98", &cfg);
	assert_int_equal(cfg.identity.mode, IDENTITY_CLIENT);
	assert_int_equal(cfg.identity.squash_uid, 99);
	assert_int_equal(cfg.identity.squash_gid, 98);
	config_fini(&cfg);
}

static void
check_share(const char *line, const char *key, const struct etfs_config *want)
{
	struct config cfg;
	const struct etfs_config *got;

	parse(line, &cfg);
	assert_int_equal(cfg.nshares, 1);
	got = &cfg.shares[0].etfs;
	assert_string_equal(cfg.shares[0].key, key);
	assert_string_equal(got->path, want->path);
	assert_int_equal(got->partition != NULL, want->partition != NULL);
	if (want->partition != NULL)
		assert_string_equal(got->partition, want->partition);
	assert_int_equal(got->type, want->type);
	assert_int_equal(got->readonly, want->readonly);
	assert_int_equal(got->has_offset, want->has_offset);
	assert_int_equal(got->has_size, want->has_size);
	assert_int_equal(got->offset, want->offset);
	assert_int_equal(got->size, want->size);
	assert_int_equal(got->identity, want->identity);
	assert_int_equal(got->squash_uid, want->squash_uid);
	assert_int_equal(got->squash_gid, want->squash_gid);
	assert_int_equal(got->no_fsync, want->no_fsync);
	assert_int_equal(got->no_xdev, want->no_xdev);
	config_fini(&cfg);
}

#define SHARE(...) (&(struct etfs_config){ .path = __VA_ARGS__ })

static void
host_directories_are_read(void **state)
{
	struct config cfg;

	(void)state;
	check_share("/srv", "/", SHARE("/srv", .type = ETFS_TREE));
	check_share("-- -r", "/", SHARE("-r", .type = ETFS_TREE));
	check_share("/a%b,c", "/", SHARE("/a%b,c", .type = ETFS_TREE));
	check_share("-e /=.", "/", SHARE("."));
	check_share("-e /src=.,ro", "/src", SHARE(".", .readonly = true));
	check_share("--export=/a/b=/srv", "/a/b", SHARE("/srv"));
	check_share("-e /a\\=b=/c=d", "/a=b", SHARE("/c=d"));
	check_share(
	    "-e /a,b=/c\\,ro,ro", "/a,b", SHARE("/c,ro", .readonly = true));
	check_share("-e /a\\\\=/c\\\\", "/a\\", SHARE("/c\\"));
	check_share("-e /a_b=/c_d", "/a b", SHARE("/c d"));
	check_share("-e /a=100\\%", "/a", SHARE("100%"));
	parse("-e /a=1 /srv -e /b=2,ro", &cfg);
	assert_int_equal(cfg.nshares, 3);
	assert_string_equal(cfg.shares[1].key, "/b");
	assert_string_equal(cfg.shares[2].etfs.path, "/srv");
	config_fini(&cfg);
}

static void
parameters_of_shares_are_read(void **state)
{
	struct config cfg;

	(void)state;
	check_share("-e /a=f,reg,offset=1M,size=64M", "/a",
	    SHARE("f", .type = ETFS_REG, .has_offset = true, .offset = 1 << 20,
		.has_size = true, .size = 64 << 20));
	check_share("-e /a=f,offset=0,size=1", "/a",
	    SHARE("f", .has_offset = true, .has_size = true, .size = 1));
	check_share("-e /a=f%PART:2%,blk,ro", "/a",
	    SHARE("f", .partition = "PART:2", .type = ETFS_BLK,
		.readonly = true));
	check_share("-e /a=f%OFFSET:512,1024%", "/a",
	    SHARE("f", .partition = "OFFSET:512,1024"));
	check_share("-e /a=1\\%2%DISKLABEL:a%", "/a",
	    SHARE("1%2", .partition = "DISKLABEL:a"));
	check_share("-e /a=/dev/ttyS0,chr", "/a",
	    SHARE("/dev/ttyS0", .type = ETFS_CHR));
	check_share("-e /a=d,fsync=off", "/a", SHARE("d", .no_fsync = true));
	check_share("-e /a=d,dir,xdev=off", "/a",
	    SHARE("d", .type = ETFS_DIR, .no_xdev = true));
	check_share("-e /a=d,tree,identity=squash:1000:100", "/a",
	    SHARE("d", .type = ETFS_TREE, .identity = ETFS_SQUASH,
		.squash_uid = 1000, .squash_gid = 100));
	check_share("-e /a=d,identity=mapped", "/a",
	    SHARE("d", .identity = ETFS_MAPPED));
	parse("-e /a=d,identity=self -e /b=d,identity=client -e /c=d", &cfg);
	assert_true(cfg.shares[0].identity_given);
	assert_int_equal(cfg.shares[0].etfs.identity, ETFS_SELF);
	assert_true(cfg.shares[1].identity_given);
	assert_int_equal(cfg.shares[1].etfs.identity, ETFS_CLIENT);
	assert_false(cfg.shares[2].identity_given);
	config_fini(&cfg);
}

static void
read_address(const char *text, struct address *addr)
{
	struct failure f;

	if (address_parse(text, addr, &f) != 0)
		fail_msg("%s", f.text);
	assert_string_equal(addr->text, text);
}

static void
check_tcp(const char *text, const char *host, uint32_t port)
{
	struct address addr;

	read_address(text, &addr);
	assert_int_equal(addr.kind, ADDRESS_TCP);
	assert_string_equal(addr.name, host);
	assert_int_equal(addr.port, port);
	assert_false(addr.trust_given);
	address_fini(&addr);
}

static void
check_unix(const char *text, const char *path, mode_t mode)
{
	struct address addr;

	read_address(text, &addr);
	assert_int_equal(addr.kind, ADDRESS_UNIX);
	assert_string_equal(addr.name, path);
	assert_int_equal(addr.mode, mode);
	address_fini(&addr);
}

static void
check_vsock(const char *text, uint32_t cid, uint32_t port)
{
	struct address addr;

	read_address(text, &addr);
	assert_int_equal(addr.kind, ADDRESS_VSOCK);
	assert_int_equal(addr.cid, cid);
	assert_int_equal(addr.port, port);
	address_fini(&addr);
}

static void
check_trust(const char *text, enum address_kind kind, enum trust trust)
{
	struct address addr;

	read_address(text, &addr);
	assert_int_equal(addr.kind, kind);
	assert_true(addr.trust_given);
	assert_int_equal(addr.trust, trust);
	address_fini(&addr);
}

static void
addresses_are_read(void **state)
{
	struct address addr;

	(void)state;
	check_tcp("tcp:127.0.0.1:5640", "127.0.0.1", 5640);
	check_tcp("tcp:[::1]:0", "::1", 0);
	check_tcp("tcp:[fe80::1%eth0]:65535", "fe80::1%eth0", 65535);
	check_tcp("tcp:localhost:00564", "localhost", 564);
	check_tcp("tcp::5640", "", 5640);
	check_tcp("tcp:*:5640", "", 5640);
	check_unix("unix:/run/x.sock", "/run/x.sock", 0600);
	check_unix("unix:rel:ative", "rel:ative", 0600);
	check_unix("unix:/x,mode=0666", "/x", 0666);
	check_unix("unix:/x,mode=7,trust=any", "/x", 07);
	check_unix("unix:/a\\,mode=1\\\\", "/a,mode=1\\", 0600);
	check_vsock("vsock:2:5640", 2, 5640);
	check_vsock("vsock:any:0", UINT32_MAX, 0);
	check_vsock("vsock:4294967295:4294967294", UINT32_MAX, UINT32_MAX - 1);
	read_address("fd:7", &addr);
	assert_int_equal(addr.kind, ADDRESS_FD);
	assert_int_equal(addr.fd, 7);
	address_fini(&addr);
	read_address("stdio", &addr);
	assert_int_equal(addr.kind, ADDRESS_STDIO);
	address_fini(&addr);
}

static void
trust_is_read(void **state)
{
	(void)state;
	check_trust("tcp:h:1,trust=privport", ADDRESS_TCP, TRUST_PRIVPORT);
	check_trust("tcp:h:1,trust=any", ADDRESS_TCP, TRUST_ANY);
	check_trust("tcp:h:1,trust=any,trust=none", ADDRESS_TCP, TRUST_NONE);
	check_trust("unix:/x,trust=peer", ADDRESS_UNIX, TRUST_PEER);
	check_trust("vsock:1:1,trust=privport", ADDRESS_VSOCK, TRUST_PRIVPORT);
	check_trust("fd:3,trust=peer", ADDRESS_FD, TRUST_PEER);
	check_trust("fd:3,trust=privport", ADDRESS_FD, TRUST_PRIVPORT);
	check_trust("stdio,trust=none", ADDRESS_STDIO, TRUST_NONE);
}

static void
several_addresses_are_kept_in_order(void **state)
{
	struct config cfg;
	struct failure f;

	(void)state;
	parse("-l tcp:a:1 -lunix:/b --listen=fd:3 --listen stdio", &cfg);
	assert_int_equal(cfg.naddresses, 4);
	assert_string_equal(cfg.addresses[0].name, "a");
	assert_string_equal(cfg.addresses[1].name, "/b");
	assert_int_equal(cfg.addresses[3].kind, ADDRESS_STDIO);
	assert_int_equal(config_listen(&cfg, "fd:9", &f), 0);
	assert_int_equal(cfg.addresses[4].fd, 9);
	assert_int_equal(config_listen(&cfg, "fd:", &f), -1);
	assert_int_equal(cfg.naddresses, 5);
	config_fini(&cfg);
}

#define LONG20 "12345678901234567890"
#define LONG120 LONG20 LONG20 LONG20 LONG20 LONG20 LONG20

static void
unusable_options_are_refused(void **state)
{
	static const char *const lines[][2] = {
		{ "-x", "unknown option -x" },
		{ "-rx", "unknown option -x" },
		{ "--bogus", "unknown option --bogus" },
		{ "--bogus=1", "unknown option --bogus=1" },
		{ "--max 1", "unknown option --max" },
		{ "--bad\nline", "unknown option --bad?line" },
		{ "-l", "--listen needs ADDR" },
		{ "--msize", "--msize needs BYTES" },
		{ "--help=yes", "--help takes no argument" },
		{ "a b", "not b as well" },
		{ "%", "DIR is empty" },
		{ "/a -e /=/b", "/ is given twice" },
		{ "-e /a=1 -e /a=2", "/a is given twice" },
		{ "-l stdio -l stdio", "stdio is given twice" },
		{ "-l stdio -l fd:1", "fd:1 is given twice" },
		{ "-l fd:0 -l stdio", "stdio is given twice" },
		{ "-l fd:3 -l fd:4 -l fd:3", "fd:3 is given twice" },
		{ "-e %", "it has to be /KEY=PATH" },
		{ "-e /a", "it has to be /KEY=PATH" },
		{ "-e /a=", "it has to be /KEY=PATH" },
		{ "-e =b", "it has to be /KEY=PATH" },
		{ "-e a=b", "it has to be /KEY=PATH" },
		{ "-e /a=b\\", "it has to be /KEY=PATH" },
		{ "-e /a=b,rw", "parameters are reg, blk" },
		{ "-e /a=b,", "parameters are reg, blk" },
		{ "-e /a=b,ro,\\", "a backslash ends it" },
		{ "-e /a=b,reg,blk", "of one type only" },
		{ "-e /a=b,offset=", "offset= takes" },
		{ "-e /a=b,offset=-1", "offset= takes" },
		{ "-e /a=b,offset=8388608T", "offset= takes" },
		{ "-e /a=b,size=0", "size= takes" },
		{ "-e /a=b,size=1X", "size= takes" },
		{ "-e /a=b,identity=me", "identity= is" },
		{ "-e /a=b,identity=squash:1", "identity= is" },
		{ "-e /a=b,identity=squash:1:4294967295", "identity= is" },
		{ "-e /a=b,fsync=on", "fsync= is off" },
		{ "-e /a=b,xdev=on", "xdev= is off" },
		{ "-e /a=%PART:2%", "it has to be /KEY=PATH" },
		{ "-e /a=b%PART:2", "a partition is named" },
		{ "-e /a=b%PART:2%ro", "a partition is named" },
		{ "-e /a=b%PART:2%,size=1", "a partition has its own" },
		{ "--identity %", "it has to be client, self or" },
		{ "--identity root", "it has to be client, self or" },
		{ "--identity self:1:1", "it has to be client, self or" },
		{ "--identity squash:", "no such user and group" },
		{ "--identity squash:1", "no such user and group" },
		{ "--identity squash:1:", "no such user and group" },
		{ "--identity squash:1:2:3", "no such user and group" },
		{ "--identity squash:a:1", "no such user and group" },
		{ "--identity squash:4294967295:1", "no such user and group" },
		{ "--identity squash:1:4294967295", "no such user and group" },
		{ "--log-level loud", "it has to be error, warn, info" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		check_refusal(true, lines[i][0], lines[i][1]);
}

static void
unusable_numbers_are_refused(void **state)
{
	static const char *const lines[][2] = {
		{ "--loops 0", "it has to be from 1 to 256" },
		{ "--parts 65", "it has to be from 1 to 64" },
		{ "--spin 1000001", "it has to be from 0 to 1000000" },
		{ "--loops 257", "it has to be from 1 to 256" },
		{ "--workers 1025", "it has to be from 1 to 1024" },
		{ "--workers -1", "not a number" },
		{ "--msize 4095", "it has to be from 4096 to" },
		{ "--msize 65M", "it has to be from 4096 to" },
		{ "--msize 1m", "not a number" },
		{ "--msize 1KB", "not a number" },
		{ "--msize K", "not a number" },
		{ "--msize %", "not a number" },
		{ "--msize 0x2000", "not a number" },
		{ "--msize _8192", "not a number" },
		{ "--msize +8192", "not a number" },
		{ "--msize 8192.5", "not a number" },
		{ "--max-connections 0", "it has to be from 1" },
		{ "--max-fids 4294967296", "it has to be from 1" },
		{ "--max-requests 65536", "it has to be from 1 to 65535" },
		{ "--max-queued 4095", "it has to be from 4096" },
		{ "--max-xattr 0", "it has to be from 1" },
		{ "--max-locks 0", "it has to be from 1" },
		{ "--max-locks 18446744073709551615", "it has to be from 1" },
		{ "--mem-bytes 18446744073709551616", "it has to be from 0" },
		{ "--mem-bytes 16777216T", "it has to be from 0" },
		{ "--mem-nodes " LONG120, "it has to be from 0" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		check_refusal(true, lines[i][0], lines[i][1]);
}

static void
unusable_addresses_are_refused(void **state)
{
	static const char *const lines[][2] = {
		{ "-l %", "it has to begin with" },
		{ "-l 127.0.0.1:5640", "it has to begin with" },
		{ "-l udp:127.0.0.1:5640", "it has to begin with" },
		{ "-l tcpx:h:1", "it has to begin with" },
		{ "-l stdio:1", "it has to begin with" },
		{ "-l tcp:", "it has to be tcp:HOST:PORT" },
		{ "-l tcp:5640", "it has to be tcp:HOST:PORT" },
		{ "-l tcp:[::1]", "it has to be tcp:HOST:PORT" },
		{ "-l tcp:[]:1", "brackets do not match" },
		{ "-l tcp:[::1:1", "brackets do not match" },
		{ "-l tcp:::1:5640", "goes in brackets" },
		{ "-l tcp:h:", "no such port" },
		{ "-l tcp:h:65536", "no such port" },
		{ "-l tcp:h:-1", "no such port" },
		{ "-l tcp:h:http", "no such port" },
		{ "-l tcp:h:1K", "no such port" },
		{ "-l tcp:h:1,", "parameters are trust=" },
		{ "-l tcp:h:1,ro", "parameters are trust=" },
		{ "-l tcp:h:1,trust", "parameters are trust=" },
		{ "-l tcp:h:1,trust=", "trust is peer, privport" },
		{ "-l tcp:h:1,trust=all", "trust is peer, privport" },
		{ "-l tcp:h:1,trust=peer", "cannot tell that" },
		{ "-l vsock:1:1,trust=peer", "cannot tell that" },
		{ "-l unix:/x,trust=privport", "cannot tell that" },
		{ "-l tcp:h:1,mode=0600", "mode is for unix" },
		{ "-l stdio,mode=0600", "mode is for unix" },
		{ "-l unix:", "it has to be unix:PATH" },
		{ "-l unix:/" LONG120, "too long" },
		{ "-l unix:/x,mode=", "mode is an octal number" },
		{ "-l unix:/x,mode=1000", "mode is an octal number" },
		{ "-l unix:/x,mode=8", "mode is an octal number" },
		{ "-l unix:/x,mode=rw", "mode is an octal number" },
		{ "-l unix:/x\\", "it ends in a backslash" },
		{ "-l unix:/x,mode=1\\", "it ends in a backslash" },
		{ "-l vsock:5640", "it has to be vsock:CID:PORT" },
		{ "-l vsock::1", "no such context id" },
		{ "-l vsock:all:1", "no such context id" },
		{ "-l vsock:4294967296:1", "no such context id" },
		{ "-l vsock:1:4294967295", "no such port" },
		{ "-l fd:", "no such descriptor" },
		{ "-l fd:-1", "no such descriptor" },
		{ "-l fd:2147483648", "no such descriptor" },
		{ "-l fd:x", "no such descriptor" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		check_refusal(true, lines[i][0], lines[i][1]);
}

/* A command line that asks for help gets it, whatever else is in it. */
static void
help_needs_no_sense(void **state)
{
	struct config cfg;
	struct failure f;

	(void)state;
	assert_int_equal(parse_as(false, "--identity client -h", &cfg, &f), 0);
	assert_true(cfg.help);
	config_fini(&cfg);
}

static void
help_names_every_option(void **state)
{
	static const char *const names[] = { "-l, --listen", "-e, --export",
		"--careful", "--spin", "--parts", "-r, --read-only",
		"--identity", "--loops", "--workers", "--msize",
		"--max-connections", "--max-fids", "--max-requests",
		"--max-queued", "--max-xattr", "--max-locks", "--mem-bytes",
		"--mem-nodes", "--sendfile", "--log-level", "--trace",
		"-h, --help", "-V, --version" };
	char *text = NULL, *line, *save;
	size_t size, i;
	FILE *to = open_memstream(&text, &size);

	(void)state;
	assert_non_null(to);
	options_help(to);
	fclose(to);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_non_null(strstr(text, names[i]));
	for (line = strtok_r(text, "\n", &save); line != NULL;
	     line = strtok_r(NULL, "\n", &save))
		assert_true(strlen(line) <= 80);
	free(text);
}

static void
numbers_do_not_wrap(void **state)
{
	uint64_t n = 7;

	(void)state;
	assert_int_equal(parse_size("16777215T", 0, UINT64_MAX, &n), 0);
	assert_true(n == UINT64_C(16777215) << 40);
	n = 7;
	assert_int_equal(parse_size("16777216T", 0, UINT64_MAX, &n), -ERANGE);
	assert_int_equal(
	    parse_number("18446744073709551616", 0, UINT64_MAX, &n), -ERANGE);
	assert_int_equal(
	    parse_number("99999999999999999999", 0, UINT64_MAX, &n), -ERANGE);
	assert_int_equal(
	    parse_octal("2000000000000000000000", 0, UINT64_MAX, &n), -ERANGE);
	assert_int_equal(parse_number("4", 5, 6, &n), -ERANGE);
	assert_int_equal(parse_number("7", 5, 6, &n), -ERANGE);
	assert_int_equal(parse_number("5K", 0, UINT64_MAX, &n), -EINVAL);
	assert_int_equal(n, 7);
	assert_int_equal(
	    parse_number("18446744073709551615", 0, UINT64_MAX, &n), 0);
	assert_true(n == UINT64_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_command_line_has_defaults),
		cmocka_unit_test(identity_depends_on_who_starts_the_server),
		cmocka_unit_test(
		    claims_need_no_root_where_the_host_does_not_hear_of_them),
		cmocka_unit_test(numbers_go_where_they_belong),
		cmocka_unit_test(flags_are_set),
		cmocka_unit_test(identities_are_read),
		cmocka_unit_test(host_directories_are_read),
		cmocka_unit_test(parameters_of_shares_are_read),
		cmocka_unit_test(addresses_are_read),
		cmocka_unit_test(trust_is_read),
		cmocka_unit_test(several_addresses_are_kept_in_order),
		cmocka_unit_test(unusable_options_are_refused),
		cmocka_unit_test(unusable_numbers_are_refused),
		cmocka_unit_test(unusable_addresses_are_refused),
		cmocka_unit_test(help_needs_no_sense),
		cmocka_unit_test(help_names_every_option),
		cmocka_unit_test(numbers_do_not_wrap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
