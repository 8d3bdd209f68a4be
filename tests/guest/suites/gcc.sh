# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# A small project is configured, compiled with gcc and make, and run.
# needs: programs
# short: etfs/none/client
# only: access=client
# limit: 900

[ -n "$LONG" ] && units=60 || units=4
cat >configure <<'END'
#!/bin/sh
for header in unistd.h stdint.h no/such/header.h; do
	echo "#include <$header>" >conftest.c
	name=HAVE_$(echo "$header" | tr 'a-z/.' 'A-Z__')
	if gcc -c -o conftest.o conftest.c 2>conftest.log; then
		echo "#define $name 1"
	else
		echo "/* no $name */"
	fi
done >config.h
rm -f conftest.*
END
chmod +x configure
unit=0 objects="" calls="" declares=""
while [ $unit -lt "$units" ]; do
	unit=$((unit + 1))
	cat >unit$unit.c <<-END
	#include "config.h"
	#include <stdint.h>
	int unit$unit(void);
	int unit$unit(void) { return $unit; }
	END
	objects="$objects unit$unit.o"
	calls="$calls + unit$unit()"
	declares="$declares int unit$unit(void);"
done
cat >main.c <<END
#include "config.h"
#include <stdio.h>
#if !HAVE_UNISTD_H || HAVE_NO_SUCH_HEADER_H
#error configure has not seen what is there
#endif
$declares
int main(void) { printf("%d\n", 0 $calls); return 0; }
END
cat >Makefile <<END
OBJ = main.o $objects
all: program
program: \$(OBJ)
	ar rcs units.a $objects
	gcc -o \$@ main.o units.a
%.o: %.c config.h
	gcc -O1 -Wall -Werror -c -o \$@ \$<
END
with ./configure
with make -s
equal "the program says" $((units * (units + 1) / 2)) "$(with ./program)"
equal "nothing is left to do" "make: Nothing to be done for 'all'." \
    "$(with make)"
rm unit1.o
with make -s
equal "the program says" $((units * (units + 1) / 2)) "$(with ./program)"
