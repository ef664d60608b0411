using Billing.Api.Operations.Cli;

return await Commands.RunAsync(args);
