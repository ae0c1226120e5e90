package io.firstresponse.job.tables;

import io.firstresponse.job.domain.Naming;
import org.apache.flink.api.connector.sink2.Sink;

/** Where the ids and names of agents and of customers go. */
public record NameSinks(Sink<Naming> agents, Sink<Naming> customers) {}
