/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfsc_convert.h -- between the numbers of this machine and the wire's.
 */

#ifndef ETFSC_CONVERT_H
#define ETFSC_CONVERT_H

#include "etfsc_internal.h"

struct etfsc_qid etfsc_qid_of(const p9_qid *qid);
void etfsc_attr_of(const struct p9_Rgetattr *in, struct etfsc_attr *out);
void etfsc_statfs_of(const struct p9_Rstatfs *in, struct etfsc_statfs *out);
/* Also of what the server made up: then false. */
bool etfsc_lock_of(const struct p9_Rgetlock *in, struct etfsc_lock *out);

uint32_t etfsc_wire_flags(int flags); /* of open(2) */
void etfsc_wire_setattr(
    const struct etfsc_setattr *in, struct p9_Tsetattr *out);
uint8_t etfsc_wire_lock(int type);

#endif
