global using ChargeResult = Billing.Domain.Gateway.GatewayResult<Billing.Domain.Gateway.PaymentSnapshot>;
global using MandateResult = Billing.Domain.Gateway.GatewayResult<Billing.Domain.Gateway.MandateSnapshot>;
global using RefundResult = Billing.Domain.Gateway.GatewayResult<Billing.Domain.Gateway.RefundSnapshot>;
global using static Billing.Domain.Tests.Specs.Decisions;
