# Runs PostgreSQL and ends it when nobody holds the other end of standard input any more: that is
# when the process which started this one has ended, in whatever way. Standard output and standard
# error are locked files, held to the end and written by nobody.
#
# $1: the signal that stops PostgreSQL. $2: the folder to remove then. The rest: the server.
signal=$1
folder=$2
shift 2
"$@" >"$folder/log" 2>&1 </dev/null &
postgres=$!
# Only now, since the server would inherit it. What ends a whole session must not end this.
trap '' HUP INT TERM
read -r nothing
kill -s "$signal" "$postgres" 2>/dev/null
wait "$postgres" 2>/dev/null
rm -rf -- "$folder" 2>/dev/null
