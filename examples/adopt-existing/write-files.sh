#!/bin/sh
# write-files.sh FOLDER writes the decision files that this root found into a folder:
#
#   terraform output -raw files | ./write-files.sh ../compliance-repo/groups/2026/decisions
#
# It never overwrites a file.
set -eu

folder=${1:?"usage: terraform output -raw files | $0 FOLDER"}
[ -d "$folder" ] || { echo "$0: there is no folder $folder" >&2; exit 1; }

# Every line is NAME: LINE, and a name is nothing but a session ID and .yaml.
awk -v folder="$folder" '
	{
		colon = index($0, ": ")
		name = substr($0, 1, colon - 1)
		if (name !~ /^[0-9a-f-]+\.yaml$/) { print "not a line of a decision file: " $0 > "/dev/stderr"; failed = 1; exit }
		path = folder "/" name
		if (name != last) {
			if (last != "") close(folder "/" last)
			last = name
			there = (getline line < path) >= 0
			close(path)
			if (there) kept++; else written++
		}
		if (!there) print substr($0, colon + 2) > path
	}
	END {
		if (failed) exit 1
		print written + 0 " files written, " kept + 0 " there already"
	}
'
