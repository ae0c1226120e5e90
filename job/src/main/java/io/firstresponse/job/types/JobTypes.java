package io.firstresponse.job.types;

import io.firstresponse.job.domain.ConversationKey;
import io.firstresponse.job.domain.Correction;
import io.firstresponse.job.domain.DeadLetter;
import io.firstresponse.job.domain.HeapShard;
import io.firstresponse.job.domain.LateMessage;
import io.firstresponse.job.domain.Message;
import io.firstresponse.job.domain.Naming;
import io.firstresponse.job.domain.OpenSession;
import io.firstresponse.job.domain.Received;
import io.firstresponse.job.domain.SessionChange;
import io.firstresponse.job.domain.StoredMessage;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/** The type information of every value that the job sends between tasks or keeps in state. */
public final class JobTypes {

  public static final TypeInformation<Message> MESSAGE =
      new ExplicitType<>(Message.class, MessageSerializer.INSTANCE, false);

  public static final TypeInformation<DeadLetter> DEAD_LETTER =
      new ExplicitType<>(DeadLetter.class, DeadLetterSerializer.INSTANCE, false);

  public static final TypeInformation<Received> RECEIVED =
      new ExplicitType<>(Received.class, ReceivedSerializer.INSTANCE, false);

  public static final TypeInformation<Naming> NAMING =
      new ExplicitType<>(Naming.class, NamingSerializer.INSTANCE, false);

  public static final TypeInformation<LateMessage> LATE_MESSAGE =
      new ExplicitType<>(LateMessage.class, LateMessageSerializer.INSTANCE, false);

  public static final TypeInformation<SessionChange> SESSION_CHANGE =
      new ExplicitType<>(SessionChange.class, SessionChangeSerializer.INSTANCE, false);

  public static final TypeInformation<Correction> CORRECTION =
      new ExplicitType<>(Correction.class, CorrectionSerializer.INSTANCE, false);

  public static final TypeInformation<ConversationKey> CONVERSATION_KEY =
      new ExplicitType<>(ConversationKey.class, ConversationKeySerializer.INSTANCE, true);

  public static final TypeInformation<OpenSession> OPEN_SESSION =
      new ExplicitType<>(OpenSession.class, OpenSessionSerializer.INSTANCE, false);

  public static final TypeInformation<HeapShard> HEAP_SHARD =
      new ExplicitType<>(HeapShard.class, HeapShardSerializer.INSTANCE, false);

  public static final TypeInformation<StoredMessage> STORED_MESSAGE =
      new ExplicitType<>(StoredMessage.class, StoredMessageSerializer.INSTANCE, false);

  private JobTypes() {}
}
