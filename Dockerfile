# Two images from one file, one for each Python:
#   docker build --target gateway -t frontdesk-gateway .
#   docker build --target assistant -t frontdesk-assistant .
# Tried: every command below by hand on Debian, as `make setup` runs them. Not tried: an image, for want of a Docker engine.

FROM python:3.11-slim AS gateway
WORKDIR /frontdesk
ENV PYTHONUNBUFFERED=1 HF_HUB_OFFLINE=1
COPY requirements.lock ./
# the locked packages by their hashes, then PyTorch's processor-only build, which only makes the encoder
RUN pip install --no-cache-dir --require-hashes --no-deps -r requirements.lock \
 && uv pip install --system --no-cache --torch-backend=cpu torch==2.13.0
COPY . .
# quantised for the processor that builds: build on the kind of machine that will run it
RUN python -m knowledge_base encoder \
 && useradd --system frontdesk && mkdir -p var/data && chown -R frontdesk var
USER frontdesk
EXPOSE 8080
CMD ["sh", "-c", "python -m knowledge_base migrate && python -m handoff migrate && exec python -m handoff serve"]

FROM python:3.10-slim AS assistant
WORKDIR /frontdesk
ENV PYTHONUNBUFFERED=1 RASA_TELEMETRY_ENABLED=false SQLALCHEMY_SILENCE_UBER_WARNING=1 \
    TF_CPP_MIN_LOG_LEVEL=2 CUDA_VISIBLE_DEVICES=-1 RASA_MAX_CACHE_SIZE=0
COPY requirements-rasa.lock ./
RUN pip install --no-cache-dir --require-hashes --no-deps -r requirements-rasa.lock
COPY . .
# the encoder is one artifact that both images read; it has to come from the first
COPY --from=gateway /frontdesk/var/encoder var/encoder
RUN python -m bot.spacy_pipeline \
 && python -m rasa train --config config.yml --domain domain.yml --data bot/data --out var/models --fixed-model-name frontdesk \
 && useradd --system --create-home frontdesk && chown -R frontdesk var
USER frontdesk
EXPOSE 5005 5055
CMD ["python", "-m", "rasa", "run", "-i", "0.0.0.0", "-p", "5005", "--model", "var/models/frontdesk.tar.gz", \
     "--endpoints", "bot/endpoints.yml", "--credentials", "bot/credentials.yml"]
