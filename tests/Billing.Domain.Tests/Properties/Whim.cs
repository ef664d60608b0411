using Billing.Domain.Scheduling;

namespace Billing.Domain.Tests.Properties;

/// <summary>What a merchant does next.</summary>
/// <param name="Days">From today on, until or on which; null: no such day.</param>
internal sealed record Whim(string Kind, ScheduleTerms Terms, int Hours, bool JobsRun, int? Days, bool IsCollected);
