using Billing.Api.Cli;

return await Commands.RunAsync(args);
