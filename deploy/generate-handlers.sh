#!/bin/sh
# Has the built service write Wolverine's handlers as source code, to src/Billing.Api/Internal/Generated. It opens no connection,
# but asks for its settings; those of the user have no effect here.
set -eu
cd "$(dirname "$0")/../src/Billing.Api"
rm -rf Internal
unused=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
env -i PATH="$PATH" HOME="$HOME" DOTNET_ROOT="${DOTNET_ROOT:-}" DOTNET_CLI_TELEMETRY_OPTOUT=1 \
  ConnectionStrings__Billing='Host=127.0.0.1;Database=unused' Gateway__BaseAddress=http://127.0.0.1:9 \
  Sites__1__ApiKey=unused-storefront-key Sites__1__GatewayApiKey=unused-gateway-key \
  Sealing__MasterKey=$unused Sealing__IndexKey=$unused \
  dotnet bin/Release/net10.0/Billing.Api.dll codegen write
test -d Internal/Generated
