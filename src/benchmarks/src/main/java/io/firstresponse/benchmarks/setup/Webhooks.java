package io.firstresponse.benchmarks.setup;

import io.firstresponse.job.domain.Message;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/** Messages in the shape of Chatwoot's webhook, for the preset {@code chatwoot}. */
public final class Webhooks {

  /** The options that the preset needs. */
  public static final Map<String, String> OPTIONS =
      Map.of("messages.jq", "chatwoot", "messages.ids", "text", "messages.epoch-unit", "seconds");

  private Webhooks() {}

  /** A delivery. The conversation is the customer, and is assigned to the agent. */
  public static String of(Message message) {
    return """
        {"id":%1$d,"content":"Text of a message, as long as most of them are","created_at":"%2$s",\
        "message_type":"%3$s","content_type":"text","private":false,"content_attributes":{},\
        "additional_attributes":{},"source_id":null,\
        "sender":{"id":%4$d,"name":"Name %4$d","avatar":"","type":"%5$s","account":{"id":1,"name":"Desk"}},\
        "inbox":{"id":2,"name":"Site"},\
        "conversation":{"additional_attributes":{},"can_reply":true,"channel":"Channel::WebWidget",\
        "contact_inbox":{"id":112,"contact_id":41,"inbox_id":2},"id":%6$d,"inbox_id":2,"messages":[],\
        "labels":[],"meta":{"sender":{"id":41,"name":"Visitor %6$d","type":"contact"},\
        "assignee":{"id":%4$d,"name":"Name %4$d","type":"user"},"team":null,"hmac_verified":false},\
        "status":"open","custom_attributes":{},"unread_count":0,"priority":null,"waiting_since":0,\
        "timestamp":1772442000,"created_at":1772442000,"updated_at":1772442000.25},\
        "account":{"id":1,"name":"Desk"},"event":"message_created"}"""
        .formatted(
            Math.floorMod(message.ts(), 1_000_000_007L),
            Instant.EPOCH.plus(message.ts(), ChronoUnit.MICROS),
            message.direct() ? "outgoing" : "incoming",
            message.a(),
            message.direct() ? "user" : "contact",
            message.b());
  }
}
