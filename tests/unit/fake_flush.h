/* SPDX-License-Identifier: BSD-2-Clause */
/* fake_flush.h -- a session whose client flushes: two open files, two tags. */

#ifndef FAKE_FLUSH_H
#define FAKE_FLUSH_H

#include "fake.h"

#define FILE_FID 1
#define OTHER_FID 2
#define OLD 10 /* the tag that is flushed */
#define NEW 20 /* the tag of the flush */

int flush_setup(void **state);
/* Both tags are free again: the reply is not only sent, it was the last. */
void check_over(struct fake *fx);

#endif
