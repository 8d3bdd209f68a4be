# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# Random histories by two processes and a client of the library.
# only: cache=none tree=memfs,etfs,self,mapped
# short: memfs/none/user etfs/none/client
# limit: 600
#
# See tests/model/: what comes of each step has to be what a model says.

[ -n "$LONG" ] && runs=10 steps=2000 || runs=1 steps=500
model --mounted --seconds --runs "$runs" --steps "$steps" --every 250 \
    dir:/mnt dir:/mnt "wire:tcp:10.0.2.2:$PORT"
