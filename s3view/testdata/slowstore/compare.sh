#!/bin/sh
# Lists the same bucket with s403 and with whichever of aws, rclone, mc and s5cmd
# are installed, and prints how long each took and how many keys it printed.
#
#   s3view/testdata/slowstore/compare.sh [KEYS] [DELAY]
#
# from the root of the repository. A million keys at 100 ms a page take a
# sequential lister 100 s at least.
set -eu
keys=${1:-1000000} delay=${2:-100ms} addr=127.0.0.1:${PORT:-9777}
tmp=$(mktemp -d)
trap 'kill $server 2>/dev/null; rm -rf "$tmp"' EXIT
go build -o "$tmp/slowstore" ./s3view/testdata/slowstore
go build -o "$tmp/s403" .
"$tmp/slowstore" -keys "$keys" -delay "$delay" -addr "$addr" 2>"$tmp/log" &
server=$!
export AWS_ACCESS_KEY_ID=compare AWS_SECRET_ACCESS_KEY=comparesecret AWS_REGION=us-east-1
export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
export MC_HOST_slow=http://compare:comparesecret@$addr RCLONE_CONFIG=/dev/null
sleep 1

run() {
	name=$1
	shift
	command -v "$1" >/dev/null || { printf '%-8s not installed\n' "$name"; return 0; }
	begin=$(date +%s.%N)
	lines=$("$@" 2>"$tmp/$name.err" | wc -l)
	end=$(date +%s.%N)
	printf '%-8s %8s s  %8s keys\n' "$name" "$(echo "$end $begin" | awk '{printf "%.1f", $1-$2}')" "$lines"
}

run s403 "$tmp/s403" find s3://million --endpoint-url "http://$addr"
run aws aws s3 ls --recursive s3://million --endpoint-url "http://$addr"
run rclone rclone lsf -R --fast-list --files-only ":s3,provider=Other,env_auth,endpoint='http://$addr':million"
run mc mc ls --recursive slow/million
run s5cmd s5cmd --endpoint-url "http://$addr" ls "s3://million/*"
