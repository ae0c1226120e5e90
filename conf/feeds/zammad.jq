# Zammad, the webhook of a trigger (ticket and article), or articles as the REST API gives them with
# expand=true (one, or an array of them).
#
# options: none
# arguments: none
#
# The trigger's condition: "Action is created or updated". Without the ticket (articles of the REST API)
# nothing closes and customers' messages are written to nobody.
#
# b          the ticket
# a          the agent who wrote (created_by_id); of a customer's message the ticket's owner, absent where
#            nobody has it (Zammad's user 1, "-")
# direction  the article's sender: Customer or Agent, also where an agent writes down a customer's call.
#            A public note of an agent is an answer
# automated  sender System (auto replies of triggers), mails marked as automatic responses
# closes     the ticket's state is closed or merged, at its last update; an agent's article in the same
#            delivery comes first
# left out   internal articles
# labels     channel (the article's type), group, priority
#
# Checked in zammad/zammad: app/jobs/trigger_webhook_job.rb, record_payload/base.rb, ticket.rb and
# ticket/article.rb (the payload: names of associations, created_by, owner, customer, group, priority),
# app/models/channel/filter/auto_response_check.rb (preferences); shape in zammad/zammad-admin-documentation:
# manage/webhook/payload.rst; lib/zammad_api/resources/ticket.rb of zammad/zammad-api-client-ruby (expand).
# Not verified: names of states and groups that an administrator has changed: closed is found by name.
#
# With closes, the sample: session 71 of 09:40 ends at 10:00.

def put($key; $value): if $value == null or $value == "" then . else .[$key] = $value end;
def name:
  if type == "object" then [.firstname, .lastname | select(. != null and . != "" and . != "-")] | join(" ")
  else null end;

(if type == "array" then .[] else . end)
| (if .article != null or .ticket != null then . else {article: .} end)
| .ticket as $t
| .article as $m
| (
    select($m.id != null and $m.internal != true)
    | (if $m.sender == "Customer" then
         {direct: false} | put("a"; if $t.owner_id == 1 then null else $t.owner_id end)
       elif $m.sender == "Agent" or $m.sender == "System" then
         {direct: true, a: $m.created_by_id} | put("agent"; $m.created_by | name)
       else empty end)
      + {
          b: $m.ticket_id,
          ts: $m.created_at,
          automated: ($m.sender == "System" or $m.preferences["is-auto-response"] == true),
          labels: ({}
            | put("channel"; $m.type)
            | put("group"; $t.group.name)
            | put("priority"; $t.priority.name))
        }
    | put("customer"; $t.customer | name)
  ),
  (
    select($t.state == "closed" or $t.state == "merged")
    | {b: $t.id, ts: ([$t.updated_at, $m.created_at] | max), closes: true}
  )
