package org.aarun.standin;

/** Every listening port, moved by the offset. */
public final class Ports {
    public final int offset;

    public Ports(int offset) {
        this.offset = offset;
    }

    public int managementHttps() {
        return 9443 + offset;
    }

    public int managementHttp() {
        return 9763 + offset;
    }

    public int gatewayHttps() {
        return 8243 + offset;
    }

    public int gatewayHttp() {
        return 8280 + offset;
    }

    public int broker() {
        return 5672 + offset;
    }

    public int brokerTls() {
        return 8672 + offset;
    }

    public int webSub() {
        return 9021 + offset;
    }

    public int webSubTls() {
        return 8021 + offset;
    }

    public int receiver() {
        return 9611 + offset;
    }

    public int receiverTls() {
        return 9711 + offset;
    }

    public int websocket() {
        return 9099 + offset;
    }

    public int websocketTls() {
        return 8099 + offset;
    }

    public int jmxRegistry() {
        return 9999 + offset;
    }

    public int jmxServer() {
        return 11111 + offset;
    }
}
