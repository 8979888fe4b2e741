/** A deployment.toml as API-M ships and users write it: tables, arrays of tables, dotted keys, comments, commented-out keys. */
export const DEPLOYMENT = `# API-M node 1
# managed by hand until now

[server]
hostname = "localhost" # public name
#offset=0
node_ip = "127.0.0.1"
base_path = "\${carbon.protocol}://\${carbon.host}:\${carbon.management.port}"
server_role = "default"

[super_admin]
username = "admin"
password = "admin"
create_admin_account = true

[user_store]
type = "database_unique_id"

# --- databases ---
[database.apim_db]
type = "h2"
url = "jdbc:h2:./repository/database/WSO2AM_DB;AUTO_SERVER=TRUE;DB_CLOSE_ON_EXIT=FALSE"
username = "wso2carbon"
password = "wso2carbon"
#validationQuery = "SELECT 1"

[database.shared_db]
type = "h2"
url = 'jdbc:h2:./repository/database/WSO2SHARED_DB;DB_CLOSE_ON_EXIT=FALSE'

[keystore.tls]
file_name =  "wso2carbon.jks"
type =  "JKS"
password =  "$ref{keystore.primary.password}"

#[keystore.primary]
#file_name =  "wso2carbon.jks"

[[apim.gateway.environment]]
name = "Default"
type = "hybrid"
#provider = "wso2"
display_in_api_console = true
service_url = "https://localhost:\${mgt.transport.https.port}/services/"
ws_endpoint = "ws://localhost:9099"

[[apim.gateway.environment]]
name = "Second"
visibility = []

[apim.gateway.environment.properties]
region = "eu"

[apim.sync_runtime_artifacts.gateway]
gateway_labels =["Default"]

#[apim.cache.gateway_token]
#enable = true

[apim.cors]
allow_origins = "*"
allow_methods = ["GET","PUT","POST"]
allow_headers = [
  "authorization", # the token
  "SOAPAction",
]
allow_credentials = false

[apim.throttling]
#enable_data_publishing = true
throttle_decision_endpoints = ["tcp://localhost:5672"]

[[apim.throttling.url_group]]
traffic_manager_urls = ["tcp://localhost:9611"]
traffic_manager_auth_urls = ["ssl://localhost:9711"]
type = "loadbalance"

[[event_handler]]
name="userPostSelfRegistration"
subscriptions=["POST_ADD_USER"]

[transport.https.properties]
proxyPort = 443

[oauth.grant_type.token_exchange]
enable = true
allow_refresh_tokens = true
iat_validity_period = "1h"

# secrets: last
[secrets]
admin_password = "[x]"
`
