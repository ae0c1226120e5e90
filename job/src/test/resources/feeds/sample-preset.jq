# A preset for tests: needs $agents, an array of ids.
select(.hidden | not)
| . as $m
| {b: .chat, ts: .at, direct: (.by as $by | any($agents[]; . == $by)), a: .by}
