/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_chown.c -- chown: owners.  Names are those of this machine.
 */

#include <getopt.h>
#include <grp.h>
#include <pwd.h>

#include "cli.h"

static const struct cli_option options[] = {
	{ 'h', "no-dereference", NULL, "of a link itself" },
	{ 0, NULL, NULL, NULL },
};

static bool
find_user(const char *name, uid_t *uid)
{
	const struct passwd *pw = getpwnam(name);
	uint64_t n;

	if (pw != NULL)
		*uid = pw->pw_uid;
	else if (cli_number(name, ETFSC_NOID - 1, &n))
		*uid = (uid_t)n;
	else
		return false;
	return true;
}

static bool
find_group(const char *name, gid_t *gid)
{
	const struct group *gr = getgrnam(name);
	uint64_t n;

	if (gr != NULL)
		*gid = gr->gr_gid;
	else if (cli_number(name, ETFSC_NOID - 1, &n))
		*gid = (gid_t)n;
	else
		return false;
	return true;
}

/* That of the user when he logs in; false: nobody knows him. */
static bool
find_login_group(uid_t uid, gid_t *gid)
{
	const struct passwd *pw = getpwuid(uid);

	if (pw == NULL)
		return false;
	*gid = pw->pw_gid;
	return true;
}

/* "user", "user:", which is with his group, "user:group", ":group"; false: said
 * what is wrong. */
static bool
find_owner(struct cli *c, char *text, uid_t *uid, gid_t *gid)
{
	char *group = strchr(text, ':');

	*uid = *gid = ETFSC_NOID;
	if (group != NULL)
		*group++ = '\0';
	if (*text != '\0' && !find_user(text, uid)) {
		cli_usage(c, "no such user: %s", text);
		return false;
	}
	if (group != NULL && *group == '\0' && *text != '\0') {
		if (find_login_group(*uid, gid))
			return true;
		cli_usage(c, "no group is known of user %s", text);
		return false;
	}
	if (group != NULL && *group != '\0' && !find_group(group, gid)) {
		cli_usage(c, "no such group: %s", group);
		return false;
	}
	return true;
}

static int
run(struct cli *c, int argc, char **argv)
{
	int (*change)(struct etfsc *, const char *, uid_t, gid_t) = etfsc_chown;
	uid_t uid;
	gid_t gid;
	int letter, rc;

	while ((letter = cli_option(c, argc, argv)) != -1) {
		if (letter == '?')
			return c->status;
		change = etfsc_lchown;
	}
	if (!cli_operands(c, argc - optind, 2, argc) ||
	    !find_owner(c, argv[optind], &uid, &gid))
		return c->status;
	while (++optind < argc)
		if ((rc = change(c->fs, argv[optind], uid, gid)) != 0)
			cli_error(c, argv[optind], rc);
	return c->status;
}

const struct cli_command cmd_chown = {
	.name = "chown",
	.operands = "[USER][:GROUP] FILE ...",
	.help = "change owners, by number or name",
	.options = options,
	.run = run,
};
