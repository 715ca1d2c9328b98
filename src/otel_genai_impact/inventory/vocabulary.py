"""The words around a model's name: who routes to it, who made it, how it is served. Declared here, never learned.

Only what stands here is taken off a name. A word that is not here makes a name unknown, which is what we want.
"""

from __future__ import annotations

from typing import Final

ROUTES: Final = frozenset({
    "*", "1-month-commitment", "6-month-commitment", "aiml", "aihubmix", "alibaba", "amazon-nova", "anyscale", "arcee",
    "avian", "azure", "azure_ai", "azure_text", "azureml", "baseten", "bedrock", "bedrock_converse", "bedrock_mantle",
    "cerebras", "cloudflare", "cohere_chat", "converse", "converse_like", "crusoe", "dashscope", "databricks", "deepinfra",
    "deepseek", "featherless_ai", "fireworks", "fireworks_ai", "friendliai", "gcp", "gemini", "github", "github_copilot",
    "global", "global-standard", "data-zone", "gmi", "gradient_ai", "groq", "heroku", "hosted_vllm", "huggingface",
    "hyperbolic", "invoke", "lambda_ai", "litellm", "litellm_proxy", "llamagate", "lm_studio", "meta_llama", "mistral",
    "moonshot", "nebius", "novita", "nscale", "nvidia_nim", "oci", "ollama", "ollama_chat", "openai", "openai_like",
    "openrouter", "ovhcloud", "perplexity", "predibase", "publicai", "replicate", "sagemaker", "sambanova", "scaleway",
    "snowflake", "text-completion-openai", "together", "together_ai", "vercel_ai_gateway", "vertex_ai", "vllm", "volcengine", "kyma", "qwen_ai_platform", "qwencloud", "inferenceapis", "opencode_go", "tencent", "aiand", "zerogpu", "sail",
    "libertai", "tensormesh", "clf_ai_gateway", "minimax", "cohere", "anthropic", "ai21", "codestral", "xiaomi_mimo", "fal_ai",
    "fireworks_ai-embedding-models", "text-completion-codestral", "hostinger_router", "bigmodel", "darkbloom",
    "vertex_ai-language-models",
    "voyage", "wandb", "watsonx", "xai", "zai", "eu", "us", "us-gov", "in", "apac", "au", "jp", "claude_platform",
})  # fmt: skip
"""First parts of a path that say where a request goes, and nothing of the model. Gateways, SDKs, kinds of deployment."""

MAKERS: Final = {
    "alibaba": ("qwen", "alibaba"), "allenai": ("allenai",), "ai21": ("ai21", "ai21labs"), "ai21labs": ("ai21", "ai21labs"),
    "amazon": ("amazon",), "amazon-nova": ("amazon",), "anthropic": ("anthropic",), "arcee-ai": ("arcee-ai",), "baai": ("baai",),
    "baidu": ("baidu",), "black-forest-labs": ("black-forest-labs",), "cohere": ("cohere", "cohereforai"),
    "coherelabs": ("cohere", "cohereforai"), "cohereforai": ("cohere", "cohereforai"), "cohere_chat": ("cohere", "cohereforai"),
    "deepseek": ("deepseek-ai",), "deepseek-ai": ("deepseek-ai",), "efficient-large-model": ("efficient-large-model",), "gemini": ("google",),
    "google": ("google",), "ibm": ("ibm-granite",), "ibm-granite": ("ibm-granite",), "intfloat": ("intfloat",),
    "meta": ("meta-llama", "meta"), "meta-llama": ("meta-llama",), "meta_llama": ("meta-llama",), "microsoft": ("microsoft",),
    "meta-models": ("meta-models",), "minimax": ("minimaxai",), "minimaxai": ("minimaxai",), "mistral": ("mistralai", "mistral-community", "zai-org", "deepseek-ai"),
    "mistralai": ("mistralai", "mistral-community"), "moonshot": ("moonshotai",), "moonshotai": ("moonshotai",),
    "nousresearch": ("nousresearch", "meta-llama"), "nvidia": ("nvidia", "meta-llama", "qwen", "deepseek-ai", "zai-org"),
    "openai": ("openai",), "pixart-alpha": ("pixart-alpha",), "tencent-hunyuan": ("tencent-hunyuan",), "wan-ai": ("wan-ai",), "qwen": ("qwen", "alibaba"), "reflection": ("reflection",), "sentence-transformers": ("sentence-transformers",),
    "stability": ("stabilityai",), "stabilityai": ("stabilityai",), "thinkingmachines": ("thinkingmachines",), "thudm": ("zai-org",),
    "tiiuae": ("tiiuae",), "togethercomputer": ("meta-llama", "mistralai", "qwen"), "twelvelabs": ("twelvelabs",),
    "voyage": ("voyageai",), "voyageai": ("voyageai",), "writer": ("writer",), "x-ai": ("xai", "xai-org"), "xai": ("xai", "xai-org"),
    "xiaomi": ("xiaomimimo",), "xiaomimimo": ("xiaomimimo",), "z-ai": ("zai-org",), "zai": ("zai-org",), "zai-org": ("zai-org",),
}  # fmt: skip
"""Spellings of who made a model, to its makers in the inventory. NVIDIA, Mistral and Together serve others' models, too."""

REPUBLISHERS: Final = frozenset({
    "amd", "bartowski", "ggml-org", "lmstudio-community", "mlx-community", "neuralmagic", "quanttrio", "redhatai", "thebloke",
    "unsloth",
})  # fmt: skip
"""Who publishes others' weights again, mostly quantised: the model is the one of that name."""

DOTTED_MAKERS: Final = (
    "ai21|amazon|anthropic|cohere|deepseek|google|meta|minimax|mistral|moonshot|moonshotai|nvidia|openai|qwen|stability"
    "|twelvelabs|writer|xai|zai"
)
"""Makers before a dot, as Bedrock and OCI write them: `anthropic.claude-opus-4-6-v1`."""

REGION_PREFIXES: Final = "af|apac|regional|au|ca|eu|global|in|jp|me|sa|us|us-gov"
"""What Bedrock's cross-region profiles start with; `regional` is how a price list writes any of them."""

CATALOGUE_PREFIXES: Final = ("databricks-", "system.ai.", "fw-", "openai-", "anthropic-")
"""What Databricks, Azure's Foundry (for models that Fireworks serves), Snowflake and others put before a name."""

JOINED: Final = "codellama|falcon|gemma|granite|jamba|llama|olmo|phi|qwen"
"""Families that are written with and without a hyphen before their number: llama-3.1 and llama3.1."""

ANY_MODEL_SUFFIXES: Final = (
    "-preview", "-exp", "-experimental", "-latest", "-beta", "-default", "-free", "-nitro", "-floor", "-online", "-extended",
    "-exacto", "-batch", "-thinking",
)  # fmt: skip
"""Ends of names that say which state or route of a model is meant, for every model."""

OPEN_MODEL_SUFFIXES: Final = (
    # precision and format of the weights
    "-4bit", "-6bit", "-8bit", "-awq", "-bf16", "-bnb", "-dwq", "-exl2", "-fp16", "-fp4", "-fp8", "-dynamic", "-gguf", "-gptq",
    "-int4", "-int8", "-mlx", "-mxfp4", "-nvfp4", "-onnx", "-q2-k", "-q3-k-m", "-q4-0", "-q4-1", "-q4-k-m", "-q4-k-s",
    "-q5-0", "-q5-k-m", "-q5-k-s", "-q6-k", "-q8-0", "-qat", "-quantized", "-w4a16", "-w8a8", "-iq4-xs",
    ".w4a16", ".w8a8", ".w8a16",
    # how a provider serves them
    "-basic", "-cloud", "-fast", "-hf", "-highspeed", "-instant", "-lightning", "-lora", "-maas", "-paddle", "-reference",
    "-spot", "-tee", "-text", "-us", "-turbo", "-ultra", "-ultrafast", "-versatile", "-specdec", "-tput", "-32768", "-4096", "-8192", "-128k",
    # who serves them, or how who does is chosen, as Hugging Face's router is told after a colon
    "-cerebras", "-cheapest", "-fastest", "-fireworks-ai", "-groq", "-hyperbolic", "-nebius", "-novita", "-nscale", "-ovhcloud",
    "-preferred", "-publicai", "-sambanova", "-together",
)  # fmt: skip
"""Ends of names that say how weights are stored or served. Only for open weights: a maker's own `-turbo` is another model."""

CHAT_SUFFIXES: Final = ("-instant", "-versatile", "-specdec", "-32768", "-4096", "-8192")
"""Those of Groq, which serves the tuned model by a name that does not say so."""

SAME_WEIGHTS: Final = ("-instruct", "-chat", "-it", "-hf", "-thinking")
"""Ends that tell the tuned models of one size from each other: the same parameters."""

OLLAMA_DEFAULTS: Final = {
    "codellama": "codellama-7b-instruct", "deepseek-r1": "deepseek-r1-distill-qwen-7b", "gemma": "gemma-7b-it",
    "gemma2": "gemma2-9b-it", "gemma3": "gemma3-4b-it", "gpt-oss": "gpt-oss-20b", "llama2": "llama2-7b-chat",
    "llama3": "llama3-8b-instruct", "llama3.1": "llama3.1-8b-instruct", "llama3.2": "llama3.2-3b-instruct",
    "llama3.3": "llama3.3-70b-instruct", "mistral": "mistral-7b-instruct-v0.3", "mistral-nemo": "mistral-nemo-instruct-2407",
    "mixtral": "mixtral-8x7b-instruct-v0.1", "phi3": "phi3-mini-128k-instruct", "phi4": "phi4", "qwen2.5": "qwen2.5-7b-instruct",
    "qwen3": "qwen3-8b", "qwq": "qwq-32b",
}  # fmt: skip
"""What Ollama runs if a name has no tag, or the tag `latest`: https://ollama.com/library."""
