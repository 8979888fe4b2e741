package org.aarun.standin.conf;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Collections;

/** ${carbon.local.ip}: the first non-loopback IPv4 address of the machine, right or wrong, as in the product. */
public final class LocalAddress {
    private LocalAddress() {
    }

    public static String find() {
        try {
            for (NetworkInterface card : Collections.list(NetworkInterface.getNetworkInterfaces())) {
                for (InetAddress address : Collections.list(card.getInetAddresses())) {
                    if (card.isUp() && address instanceof Inet4Address && !address.isLoopbackAddress()) {
                        return address.getHostAddress();
                    }
                }
            }
        } catch (SocketException ignored) {
            // no interface can be read: only this machine itself is reachable
        }
        return "127.0.0.1";
    }
}
