# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
#
# machine.sh -- the emulated machine that every guest runs in.
#
# "machine MEGABYTES [PARAMETER]..." sets the array of that name to QEMU and its
# arguments for a machine with so much memory, which boots $kernel_dir/kernel
# and $work/initramfs with these parameters for the kernel; whoever calls it
# adds devices.
#
# Some of it is there because an emulator is not a processor:
#
# - Code is translated once for each address that it is found at, so programs
#   lie at the same one each time: gcc takes a third less for that.
# - Where the machine is busy the emulated timer is late, which the kernel takes
#   for broken as it boots unless it does not look; and then it would ask an
#   emulated HPET for the time.
# - Of several processors one that waits with MWAIT would be emulated as one that
#   is busy: none has it.
# - Nothing has to be protected from a processor's speculation.

# shellcheck disable=SC2034,SC2054  # for whoever calls it; and QEMU's commas
machine()
{
	local parameters="console=ttyS0 quiet panic=-1 oops=panic"
	parameters+=" no_timer_check tsc=reliable norandmaps mitigations=off"
	machine=(qemu-system-x86_64 -accel tcg -cpu max,-monitor -m "$1"
	    -nodefaults -no-reboot -display none -bios qboot.rom
	    -kernel "${kernel_dir:?}/kernel" -initrd "${work:?}/initramfs"
	    -append "$parameters ${*:2}")
}
