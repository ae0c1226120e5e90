<#-- What the job's jar contains besides its own classes: each with its version and its licence. -->
First Response

This jar contains, besides First Response itself (Apache License, Version 2.0):
<#list dependencyMap as entry>
- ${entry.getKey().groupId}:${entry.getKey().artifactId}:${entry.getKey().version} (${entry.getValue()?join(" or ")})
</#list>

The licences that are not the Apache License are in META-INF/licenses. What these
dependencies ask to be told follows.
