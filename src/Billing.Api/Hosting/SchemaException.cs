namespace Billing.Api.Hosting;

/// <summary>The database cannot be brought up to date: stops the start with one sentence that says why.</summary>
public sealed class SchemaException(string sentence, Exception inner) : Exception(sentence, inner);
