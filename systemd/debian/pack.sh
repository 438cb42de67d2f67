#!/bin/bash
# Packs an installed tree (make install DESTDIR=TREE) as a Debian package.
#   pack.sh TREE VERSION ARCHITECTURE OUTPUT
set -euo pipefail
tree=$(realpath "$1") version=$2 architecture=$3 output=$(realpath -m "$4")
templates=$(dirname "$(realpath "$0")")

control=$tree/DEBIAN
rm -rf "$control"
mkdir "$control"

# dpkg-shlibdeps wants to stand in a source package.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/debian"
echo 'Source: rotationd' >"$work/debian/control"
programs=("$tree"/usr/bin/* "$tree"/usr/libexec/rotationd/*)
depends=$(cd "$work" && dpkg-shlibdeps -O --warnings=0 "${programs[@]/#/-e}")
depends=${depends#shlibs:Depends=}

cd "$tree/usr/lib/systemd/system"
units=$(echo *.socket *.service *.timer)
units=${units//\*.timer/}
enabled=$(grep -l '^\[Install\]' -- *)
# What runs all the time; a oneshot is left to its timer, and finished when it is under way.
services=$(grep -L '^Type=oneshot' -- *.service || true)

size=$(du --summarize --block-size=1024 "$tree" | cut -f1)
for template in control postinst prerm postrm; do
    sed -e "s|@VERSION@|$version|" -e "s|@ARCHITECTURE@|$architecture|" -e "s|@SIZE@|$size|" -e "s|@DEPENDS@|$depends|" \
        -e "s|@UNITS@|${units% }|" -e "s|@ENABLED@|${enabled//$'\n'/ }|" -e "s|@SERVICES@|${services//$'\n'/ }|" \
        "$templates/$template" >"$control/$template"
done
chmod 755 "$control"/p*
(cd "$tree" && find etc -type f -printf '/%p\n' | sort) >"$control/conffiles"
dpkg-deb --root-owner-group -Zzstd -z6 --build "$tree" "$output" >/dev/null
echo "$output"
