package org.aarun.standin.publisher;

/** How a published API gets to the gateways: by file (3.x) or by database (4.x). */
interface Deployer {
    void deploy(ApiRecord api, String revision) throws Exception;

    void undeploy(ApiRecord api) throws Exception;
}
