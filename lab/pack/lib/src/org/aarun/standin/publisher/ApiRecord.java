package org.aarun.standin.publisher;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.aarun.standin.gateway.ApiArtifact;
import org.aarun.standin.gateway.Resource;
import org.aarun.standin.json.Json;

/** An API as the Publisher keeps it: some columns and the JSON it was created from. */
final class ApiRecord {
    final String id;
    final String provider;
    final String status;
    final Map<String, Object> definition;

    ApiRecord(String id, String provider, String status, Map<String, Object> definition) {
        this.id = id;
        this.provider = provider;
        this.status = status;
        this.definition = definition;
        need("name", "[A-Za-z0-9._-]+");
        need("version", "[A-Za-z0-9._-]+");
        need("context", "/?[A-Za-z0-9._/-]+");
    }

    String text(String key) {
        return String.valueOf(definition.getOrDefault(key, ""));
    }

    String context() {
        String context = text("context");
        return context.startsWith("/") ? context : "/" + context;
    }

    /** 3.x: the gateways that it goes to. */
    List<?> gatewayEnvironments() {
        Object names = definition.get("gatewayEnvironments");
        return names instanceof List ? (List<?>) names : List.of();
    }

    ApiArtifact artifact() {
        return new ApiArtifact(provider, text("name"), text("version"), context(), endpoint(), text("apiThrottlingPolicy"), resources());
    }

    Map<String, Object> summary() {
        Map<String, Object> out = Json.of("id", id, "provider", provider, "lifeCycleStatus", status);
        definition.forEach(out::putIfAbsent);
        out.put("context", context());
        return out;
    }

    /** "endpoint" is the stand-in's short form of the product's endpointConfig. */
    private String endpoint() {
        if (definition.containsKey("endpoint")) {
            return text("endpoint");
        }
        Object at = definition.get("endpointConfig");
        for (String key : new String[] {"production_endpoints", "url"}) {
            at = at instanceof Map ? ((Map<?, ?>) at).get(key) : null;
        }
        return at == null ? "internal:echo" : at.toString();
    }

    /** The product's operations; without any, one for everything, which needs a token unless the short form was used. */
    private List<Resource> resources() {
        List<Resource> out = new ArrayList<>();
        Object operations = definition.get("operations");
        for (Object item : operations instanceof List ? (List<?>) operations : List.of()) {
            Map<?, ?> operation = (Map<?, ?>) item;
            Object policy = operation.get("throttlingPolicy");
            out.add(new Resource(String.valueOf(operation.get("verb")), String.valueOf(operation.get("target")),
                "None".equals(operation.get("authType")), policy == null ? "Unlimited" : policy.toString()));
        }
        if (out.isEmpty()) {
            boolean open = !definition.containsKey("endpointConfig");
            out.add(new Resource("*", "/*", open, String.valueOf(definition.getOrDefault("throttlingPolicy", "Unlimited"))));
        }
        return out;
    }

    private void need(String key, String pattern) {
        if (!text(key).matches(pattern)) {
            throw new IllegalArgumentException("\"" + key + "\" is missing or malformed");
        }
    }
}
