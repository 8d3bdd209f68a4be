/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_config_address.c -- where the command line has the server listen, and
 * whom it trusts there.
 */

#include "cmdline.h"

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
		{ "-l stdio -l stdio", "stdio is given twice" },
		{ "-l stdio -l fd:1", "fd:1 is given twice" },
		{ "-l fd:0 -l stdio", "stdio is given twice" },
		{ "-l fd:3 -l fd:4 -l fd:3", "fd:3 is given twice" },
	};

	(void)state;
	REFUSED(lines);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_read),
		cmocka_unit_test(trust_is_read),
		cmocka_unit_test(several_addresses_are_kept_in_order),
		cmocka_unit_test(unusable_addresses_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
