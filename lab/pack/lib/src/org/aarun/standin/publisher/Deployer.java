package org.aarun.standin.publisher;

/** How an API gets to the gateways: by file (3.x) or by database (4.x), where it also leaves them. */
interface Deployer {
    void undeploy(ApiRecord api) throws Exception;
}
