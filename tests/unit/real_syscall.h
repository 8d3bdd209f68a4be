/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * real_syscall.h -- for tests that have syscall(2) as a function of their own,
 * which the linker takes before the C library's.
 */

#ifndef REAL_SYSCALL_H
#define REAL_SYSCALL_H

#include <dlfcn.h>
#include <stdarg.h>

/* Nothing that is called in these tests has more. */
struct syscall_args {
	long arg[5];
};

static inline struct syscall_args
syscall_args(va_list ap)
{
	struct syscall_args args;
	int i;

	for (i = 0; i < 5; i++)
		args.arg[i] = va_arg(ap, long);
	return args;
}

/* The C library's. */
static inline long
real_syscall(long number, const struct syscall_args *args)
{
	typedef long system_call(long, ...);
	system_call *real = (system_call *)dlsym(RTLD_NEXT, "syscall");
	const long *arg = args->arg;

	return real(number, arg[0], arg[1], arg[2], arg[3], arg[4]);
}

#endif
